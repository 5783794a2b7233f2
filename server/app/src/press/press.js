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
  // A result of the search opens at its second.
  const at = Number(new URLSearchParams(location.search).get('t'));
  if (at > 0) video.currentTime = at;
  video.addEventListener('timeupdate', () => {
    const now = video.currentTime * 1000;
    const current = passages.findLast((passage) => Number(passage.dataset.at) <= now);
    for (const passage of passages) passage.classList.toggle('now', passage === current && !video.paused);
  });
}

// Words that are selected in a passage can be copied with who said them, where, and which edition it is.
const record = document.querySelector('.record');
if (record && navigator.clipboard) {
  const copy = document.createElement('button');
  copy.type = 'button';
  copy.className = 'button copy-quote';
  copy.textContent = record.dataset.copy;
  copy.hidden = true;
  document.body.append(copy);
  const selected = () => {
    const selection = document.getSelection();
    const words = selection?.toString().trim();
    const within = (node) => (node instanceof Element ? node : node?.parentElement)?.closest('.passage');
    const passage = words && within(selection.anchorNode);
    return passage && passage === within(selection.focusNode) ? { words, passage } : undefined;
  };
  document.addEventListener('selectionchange', () => {
    copy.hidden = !selected();
    copy.textContent = record.dataset.copy;
  });
  // Pressing must not take the selection away.
  copy.addEventListener('pointerdown', (event) => event.preventDefault());
  copy.addEventListener('click', async () => {
    const quote = selected();
    if (!quote) return;
    const who = [...quote.passage.querySelectorAll('h3 .name, h3 .office, h3 .outlet')].map((part) => part.textContent);
    const link = new URL(location.pathname, location.href);
    link.hash = quote.passage.id;
    const lines = [`“${quote.words}”`, `— ${[...who, record.dataset.source].join(', ')}`, link.href];
    await navigator.clipboard.writeText(lines.join('\n'));
    copy.textContent = record.dataset.copied;
  });
}
