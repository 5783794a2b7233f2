// A mail's text cut at its web addresses, so that they can be followed; nothing else becomes a link.

export interface Part {
  text: string;
  link: boolean;
}

export function linked(text: string): Part[] {
  return text
    .split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/)
    .map((part, index) => ({ text: part, link: index % 2 === 1 }))
    .filter(({ text: part }) => part !== '');
}
