/** Ann's mailbox at a vendor: who she is there, whom she has in it, and what she can do there. */
export function annAt(vendor, { google, microsoft }) {
  if (vendor === 'microsoft') {
    return {
      provider: 'Microsoft',
      email: 'ann@outlook.com',
      hands: microsoft,
      people: () => microsoft.people('contacts').map((one) => fromOutlook(one)),
    };
  }
  if (vendor !== 'google') throw new Error(`--provider google or microsoft, not ${vendor}`);
  return {
    provider: 'Google',
    email: 'ann@example.com',
    hands: google,
    people: () => google.people().map((one) => fromGoogle(one)),
  };
}

function fromOutlook({ id, displayName, surname, emailAddresses, jobTitle, ...phones }) {
  const { businessPhones, homePhones, mobilePhone } = phones;
  return {
    id,
    name: displayName,
    whole: Boolean(surname && emailAddresses?.[0]),
    title: jobTitle || undefined,
    phone: businessPhones?.[0] ?? homePhones?.[0] ?? (mobilePhone || undefined),
  };
}

function fromGoogle({ resourceName, names, emailAddresses, organizations, phoneNumbers }) {
  return {
    id: resourceName,
    name: names?.[0]?.displayName,
    whole: Boolean(names?.[0] && emailAddresses?.[0]),
    title: organizations?.[0]?.title,
    phone: phoneNumbers?.[0]?.value,
  };
}
