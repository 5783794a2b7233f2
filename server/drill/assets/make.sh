#!/bin/sh
# Draws the moving portraits of the synthetic press corps and encodes them once, as VP8 in IVF: the drill carries no
# encoder. Needs ffmpeg with libvpx and DejaVu Sans. Every movement has a period that divides 10 s, so the loop has no seam;
# a key frame each 2 s is what a picture loss indication is answered with.
set -eu
cd "$(dirname "$0")"

portrait() { # file, initials, backdrop r g b, figure r g b, seconds per sway
    a='clip(max(max((66-hypot(X-320-7*sin(2*PI*T/'$9'),Y-140-3*sin(4*PI*T/'$9')))/2, 90-90*hypot((X-320-4*sin(2*PI*T/'$9'))/178,(Y-362)/150)), min((30-abs(X-320-6*sin(2*PI*T/'$9')))/2,(Y-150)/2)),0,1)'
    l='(0.80+0.20*cos(2*PI*(X/900+Y/1300-T/10)))'
    shade='(1-0.22*clip((Y-200)/160,0,1))'
    ffmpeg -hide_banner -loglevel error -y -f lavfi -i "color=black:s=640x360:r=15:d=10,format=gbrp" -vf "\
geq=r='$3*$l*(1-$a)+$6*$shade*$a':g='$4*$l*(1-$a)+$7*$shade*$a':b='$5*$l*(1-$a)+$8*$shade*$a',\
drawtext=fontfile=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf:text='$2':fontsize=30:fontcolor=white@0.85:x=320-tw/2:y=286,\
format=yuv420p" -c:v libvpx -b:v 90k -maxrate 140k -bufsize 140k -deadline good -cpu-used 1 -auto-alt-ref 0 -g 30 -keyint_min 30 \
        -error-resilient 1 -f ivf "$1.ivf"
}

portrait chair        LA 28 62 92    196 208 220 5 &
portrait spokesperson NH 22 48 102   214 202 186 5 &
portrait mai          MT 92 58 48    224 204 184 2.5 &
portrait claire       CD 54 82 64    212 214 196 5 &
wait
portrait sato         KS 78 66 98    206 200 216 2.5 &
portrait amina        AD 98 78 38    226 214 190 5 &
wait
