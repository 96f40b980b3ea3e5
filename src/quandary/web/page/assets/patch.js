// Puts HTML from the server in the place of what stands there: only what differs is touched, so that focus, scroll and
// what somebody is typing or dragging stay.

const reader = document.createElement("template");

export function patch(id, html) {
  const place = document.getElementById(id);
  if (!place) return false;
  reader.innerHTML = html;
  const wanted = reader.content.firstElementChild;
  if (!wanted) return false;
  if (place.tagName !== wanted.tagName) place.replaceWith(wanted);
  else same(place, wanted);
  return true;
}

export function fill(place, html) {
  reader.innerHTML = html;
  children(place, reader.content);
}

function same(now, wanted) {
  attributes(now, wanted);
  if (now.tagName !== "INPUT") children(now, wanted);
}

function attributes(now, wanted) {
  for (const { name, value } of [...wanted.attributes]) {
    if (now.getAttribute(name) !== value) now.setAttribute(name, value);
  }
  for (const { name } of [...now.attributes]) {
    if (!wanted.hasAttribute(name) && name !== "aria-expanded" && !(name === "class" && now.className === "")) now.removeAttribute(name);
  }
  if (now.tagName === "INPUT" && now !== document.activeElement) now.value = wanted.getAttribute("value") ?? "";
  if (now.tagName === "OPTION") now.selected = wanted.hasAttribute("selected");
}

function children(now, wanted) {
  const named = new Map([...now.children].filter((one) => one.id).map((one) => [one.id, one]));
  let at = now.firstChild;
  for (const next of [...wanted.childNodes]) {
    const known = next.id && named.get(next.id);
    if (known && known !== at && known.tagName === next.tagName) now.insertBefore(known, at);
    const here = known && known.tagName === next.tagName ? known : at;
    if (here && alike(here, next)) {
      if (here.nodeType === Node.ELEMENT_NODE) same(here, next);
      else if (here.data !== next.data) here.data = next.data;
      at = here.nextSibling;
    } else {
      now.insertBefore(next, at);
    }
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function alike(here, next) {
  if (here.nodeType !== next.nodeType) return false;
  return here.nodeType !== Node.ELEMENT_NODE || (here.tagName === next.tagName && (here.id || "") === (next.id || ""));
}
