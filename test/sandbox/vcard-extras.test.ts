import { describe, expect, it } from '@jest/globals';
import { readVCards } from '../../src/sandbox/vcard/read-vcards.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';

function read(lines: string) {
  const card = `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Lee\r\n${lines}\r\nEND:VCARD\r\n`;
  const { contacts, problems } = readVCards(Buffer.from(card));
  expect(problems).toEqual([]);
  return contacts[0];
}

describe('what Google holds and no sync touches', () => {
  it.each<[string, string, object]>([
    [
      'nicknames, once each',
      'NICKNAME:Annie,Nan\nX-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;Nan;1;;',
      { nicknames: ['Annie', 'Nan'] },
    ],
    [
      'pages',
      'URL;TYPE=work:https://x.test\nitem1.URL:https://y.test\nitem1.X-ABLabel:_$!<HomePage>!$_',
      {
        urls: [
          { value: 'https://x.test', label: 'work' },
          { value: 'https://y.test', label: 'homePage' },
        ],
      },
    ],
    [
      'relations of Apple',
      'item1.X-ABRELATEDNAMES:Bo\nitem1.X-ABLabel:_$!<Spouse>!$_',
      { relations: [{ value: 'Bo', label: 'spouse' }] },
    ],
    [
      'relations of Google',
      'item1.X-ABRELATEDNAMES:Bo\nitem1.X-ABLabel:DOMESTIC_PARTNER',
      { relations: [{ value: 'Bo', label: 'domesticPartner' }] },
    ],
    [
      'relations with a free label',
      'item1.X-ABRELATEDNAMES:Bo\nitem1.X-ABLabel:Best of all',
      { relations: [{ value: 'Bo', label: 'Best of all' }] },
    ],
    [
      'relations of vCard 4.0, but no ids',
      'RELATED;TYPE=friend;VALUE=text:Bo\nRELATED:urn:uuid:1',
      { relations: [{ value: 'Bo', label: 'friend' }] },
    ],
    [
      'relations of Outlook and Evolution',
      'X-MS-MANAGER:Cy\nX-EVOLUTION-SPOUSE:Bo\nX-SPOUSE:',
      {
        relations: [
          { value: 'Bo', label: 'spouse' },
          { value: 'Cy', label: 'manager' },
        ],
      },
    ],
    [
      'days',
      'ANNIVERSARY:20100808\nitem1.X-ABDATE:2011-01-02\nitem1.X-ABLabel:Moved in',
      {
        events: [
          { date: { year: 2011, month: 1, day: 2 }, label: 'Moved in' },
          { date: { year: 2010, month: 8, day: 8 }, label: 'anniversary' },
        ],
      },
    ],
    [
      'further companies, with department and title',
      'ORG:Acme;Sales;East\nORG:Beta\nTITLE:Head\nTITLE:Adviser',
      {
        department: 'Sales, East',
        organizations: [{ name: 'Beta', title: 'Adviser' }],
      },
    ],
    ['an occupation', 'ROLE:Carpenter', { occupation: 'Carpenter' }],
    [
      'a SIP address',
      'X-SIP;TYPE=home:ann@x.test',
      { sips: [{ value: 'ann@x.test', label: 'home' }] },
    ],
    [
      'how a name is said',
      'X-PHONETIC-FIRST-NAME:アン\nX-PHONETIC-LAST-NAME:リー',
      { phonetic: { given: 'アン', family: 'リー' } },
    ],
  ])('%s', (_, lines, extras) => {
    expect(read(lines)?.extras).toEqual(extras);
  });

  it('is nothing in most cards', () => {
    expect(read('TEL:1')).not.toHaveProperty('extras');
  });
});

it('a company without a name is not the contact’s', () => {
  const found = read('ORG:;Sales\nORG:Acme');
  expect(found?.contact.organization).toBe('Acme');
  expect(found?.extras).toEqual({ organizations: [{ department: 'Sales' }] });
});

it('a label that lost its underscores is still Apple’s', () => {
  expect(read('item1.TEL:1\nitem1.X-ABLabel:$!<Home>!$')?.contact.phones).toEqual([
    { value: '1', label: 'home' },
  ]);
});

it('the sandbox’s Google holds all of it', async () => {
  const card = read(
    'ORG:Acme;Sales\nORG:Beta\nNICKNAME:Annie\nURL:https://x.test\nROLE:Carpenter\nANNIVERSARY:20100808\nX-SPOUSE:Bo\nX-SIP:ann@x.test\nX-PHONETIC-FIRST-NAME:An',
  );
  const sandbox = await startSandbox({ contacts: card === undefined ? [] : [card] });
  expect(sandbox.google.people()[0]).toMatchObject({
    names: [{ givenName: 'Ann', familyName: 'Lee', phoneticGivenName: 'An' }],
    organizations: [{ name: 'Acme', department: 'Sales' }, { name: 'Beta' }],
    nicknames: [{ value: 'Annie' }],
    urls: [{ value: 'https://x.test' }],
    occupations: [{ value: 'Carpenter' }],
    events: [{ date: { year: 2010, month: 8, day: 8 }, type: 'anniversary' }],
    relations: [{ person: 'Bo', type: 'spouse' }],
    sipAddresses: [{ value: 'ann@x.test' }],
  });
  await sandbox.close();
});

it('Outlook’s numbers and messenger are read, too', () => {
  const { phones, ims } = read('X-MS-TEL;ASSISTANT;VOICE:2\nTEL;CELL:1\nX-MS-IMADDRESS:ann@x.test')
    ?.contact ?? { phones: [], ims: [] };
  expect(phones).toEqual([
    { value: '1', label: 'mobile' },
    { value: '2', label: 'ASSISTANT' },
  ]);
  expect(ims).toEqual([{ value: 'ann@x.test' }]);
});

it.each(['URL:https://x.test', 'PHOTO;ENCODING=b:/9j/4AAQ'])('%s alone is a contact', (line) => {
  const { contacts } = readVCards(Buffer.from(`BEGIN:VCARD\n${line}\nEND:VCARD`));
  expect(contacts).toHaveLength(1);
});

it('says that a picture is not in the file', () => {
  const card = 'BEGIN:VCARD\nFN:Ann\nPHOTO;VALUE=uri:https://x.test/a.jpg\nEND:VCARD';
  const { contacts, problems } = readVCards(Buffer.from(card));
  expect(contacts).toHaveLength(1);
  expect(problems).toEqual([{ index: 0, reason: expect.stringContaining('picture') }]);
});
