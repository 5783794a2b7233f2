// Small comforts on the public pages; everything works without them.
// Times also in the reader's own zone; a place in the text opens that place in the recording, and the text follows along.

const lang = document.documentElement.lang;

for (const time of document.querySelectorAll('time[data-your]')) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || zone === time.dataset.zone) continue;
  const own = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone });
  const note = document.createElement('span');
  note.className = 'muted your-time';
  note.textContent = `${time.dataset.your}: ${own.format(new Date(time.dateTime))}`;
  time.after(' ', note);
}

const video = document.querySelector('.record video');
if (video) {
  const passages = [...document.querySelectorAll('.passage[data-at]')];
  for (const passage of passages) {
    const place = passage.querySelector('.at');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'at';
    button.textContent = place.textContent;
    button.setAttribute('aria-label', `${place.dataset.play} ${place.textContent}`);
    button.addEventListener('click', () => {
      video.currentTime = Number(passage.dataset.at) / 1000;
      video.play();
    });
    place.replaceWith(button);
  }
  video.addEventListener('timeupdate', () => {
    const now = video.currentTime * 1000;
    const current = passages.findLast((passage) => Number(passage.dataset.at) <= now);
    for (const passage of passages) passage.classList.toggle('now', passage === current && !video.paused);
  });
}
