/**
 * Two address books in memory behind CardDAV, in a process of its own: of the protocol what
 * vdirsyncer asks for, at next to no cost, so that what is measured against it is the client.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { obey, startOptions } from './beside.mjs';
import { changedCard, changingOn, isChanged, madeUpCards } from './cards.mjs';

const books = { one: new Map(), two: new Map() };
let writes = 0;
let requests = 0;

const HOME = '/home/';
const PATH = /^\/home\/(?<book>one|two)\/(?<name>[^/]*)$/u;
const BOOK = '<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype>';
const ANSWERS = { PROPFIND: list, REPORT: readMany, PUT: write, DELETE: remove };

/** A card's new text; the ETag is never the same twice. */
function put(book, name, text) {
  writes += 1;
  const card = { text, etag: `"${writes}"` };
  books[book].set(name, card);
  return card;
}

/** Where the address books are, or what is in one of them. */
function list({ at, depth, body }) {
  if (body.includes('current-user-principal')) {
    return multistatus(['/', link('D:current-user-principal')]);
  }
  if (body.includes('addressbook-home-set')) {
    return multistatus(['/', link('C:addressbook-home-set')]);
  }
  if (at === undefined) {
    return multistatus(...Object.keys(books).map((book) => [`${HOME}${book}/`, BOOK]));
  }
  const cards = depth === '0' ? [] : [...books[at.book]];
  return multistatus(
    [`${HOME}${at.book}/`, BOOK],
    ...cards.map(([name, { etag }]) => [
      `${HOME}${at.book}/${name}`,
      `<D:resourcetype/><D:getcontenttype>text/vcard</D:getcontenttype><D:getetag>${etag}</D:getetag>`,
    ]),
  );
}

function link(property) {
  return `<${property}><D:href>${HOME}</D:href></${property}>`;
}

/** `addressbook-multiget`: all cards that are asked for, in one answer. */
function readMany({ body }) {
  const asked = [...body.matchAll(/<href>(?<href>[^<]+)<\/href>/gu)].map(({ groups }) => groups);
  return multistatus(
    ...asked.flatMap(({ href }) => {
      const { book, name } = PATH.exec(href)?.groups ?? {};
      const card = books[book]?.get(name);
      if (card === undefined) return [];
      const data = `<C:address-data>${escaped(card.text)}</C:address-data>`;
      return [[href, `<D:getetag>${card.etag}</D:getetag>${data}`]];
    }),
  );
}

function write({ at, body, headers }) {
  const known = books[at.book].get(at.name);
  if (!isAllowed(known, headers)) return { status: 412 };
  const { etag } = put(at.book, at.name, body);
  return { status: known === undefined ? 201 : 204, headers: { etag } };
}

function remove({ at, headers }) {
  const known = books[at.book].get(at.name);
  if (known === undefined) return { status: 404 };
  if (!isAllowed(known, headers)) return { status: 412 };
  books[at.book].delete(at.name);
  return { status: 204 };
}

function isAllowed(known, { 'if-match': match, 'if-none-match': none }) {
  if (none === '*' && known !== undefined) return false;
  return match === undefined || match === known?.etag;
}

function multistatus(...responses) {
  const parts = responses.map(
    ([href, properties]) =>
      `<D:response><D:href>${href}</D:href><D:propstat><D:prop>${properties}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`,
  );
  return {
    status: 207,
    headers: { 'content-type': 'application/xml; charset=utf-8' },
    text: `<?xml version="1.0" encoding="utf-8"?><D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">${parts.join('')}</D:multistatus>`,
  };
}

/** Carriage returns stay as they are: a reference for each would be work for the peer. */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const server = createServer((incoming, outgoing) => {
  const chunks = [];
  incoming.on('data', (chunk) => chunks.push(chunk));
  incoming.on('end', () => {
    requests += 1;
    const { method, url, headers } = incoming;
    const at = PATH.exec(url)?.groups;
    const { depth } = headers;
    const body = Buffer.concat(chunks).toString();
    const answer = ANSWERS[method]?.({ at, depth, body, headers }) ?? { status: 405 };
    const text = Buffer.from(answer.text ?? '');
    outgoing.writeHead(answer.status, { 'content-length': text.length, ...answer.headers });
    outgoing.end(text);
  });
});

const { count } = startOptions();
for (const { name, text } of madeUpCards(count)) put('one', name, text);
server.listen(0, '127.0.0.1');
await once(server, 'listening');

await obey(
  {
    clear: () => {
      requests = 0;
    },
    requests: () => requests,
    /** So many changes on either side, not of the same cards. */
    change: (round) => {
      for (const [side, book] of Object.entries(books)) {
        for (const name of changingOn(side, [...book.keys()])) {
          put(side, name, changedCard(book.get(name).text, round));
        }
      }
    },
    tally: (round) =>
      Object.values(books).map((book) => ({
        cards: book.size,
        changed: [...book.values()].filter(({ text }) => isChanged(text, round)).length,
      })),
  },
  { url: `http://127.0.0.1:${server.address().port}${HOME}` },
);
server.closeAllConnections();
server.close();
