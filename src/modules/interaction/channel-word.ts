/** What people call channels and purposes, as it is compared: somebody who has blocked E-Mail has blocked email. Pure. */

/** One word for each channel, however it is written: Email, e-mail and email address are one. */
const CALLED: Readonly<Record<string, string>> = { mail: 'email', emailaddress: 'email', telephone: 'phone', phonenumber: 'phone', call: 'phone', voice: 'phone', textmessage: 'sms', post: 'letter', postaladdress: 'letter' }

export const channelWord = (channel: string): string => {
  const plain = channel.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
  return CALLED[plain] ?? (plain === '' ? channel : plain)
}

export const purposeWord = (purpose: string): string => purpose.trim().toLowerCase()
