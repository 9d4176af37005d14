/** Tells addresses of the public internet from those of this machine, its networks and its cloud's metadata services. */
import { BlockList, isIP } from 'node:net'

/** IANA special-purpose registries (IPv4 and IPv6): whatever is not globally reachable, and forms that hide an IPv4 address. */
const SPECIAL_V4 = ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4']
const SPECIAL_V6 = ['::/96', '::ffff:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '100:0:0:1::/64', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8']

const addTo = (list: BlockList, range: string): void => {
  const [net = '', prefix = ''] = range.split('/')
  list.addSubnet(net, Number(prefix), isIP(net) === 6 ? 'ipv6' : 'ipv4')
}

// Two lists: a BlockList compares IPv4 addresses with rules for IPv4-mapped ones too, and ::ffff:0:0/96 would refuse all of them.
const special = { ipv4: new BlockList(), ipv6: new BlockList() }
for (const range of SPECIAL_V4) addTo(special.ipv4, range)
for (const range of SPECIAL_V6) addTo(special.ipv6, range)

/** Whether an IP address (v4, or v6 without brackets) belongs to the public internet. Anything that is no address does not. */
export const isPublicAddress = (address: string): boolean => {
  const bare = address.split('%', 1)[0] ?? ''
  const family = isIP(bare)
  if (family === 0) return false
  return family === 6 ? !special.ipv6.check(bare, 'ipv6') : !special.ipv4.check(bare, 'ipv4')
}

/** Whether an address to listen on is reachable from this machine alone. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** Hosts that configuration allows though they are not public: `name`, `name:port`, `*.suffix`, an address, or a network `10.1.0.0/16`. */
export interface AllowedHosts {
  host(hostname: string, port: number): boolean
  address(address: string): boolean
}

/** Reads the configured list; throws an Error naming the entry that cannot be read. */
export const parseAllowedHosts = (entries: readonly string[]): AllowedHosts => {
  const exact = new Set<string>()
  const suffixes: string[] = []
  const networks = new BlockList()
  for (const entry of entries.map(one => one.trim().toLowerCase()).filter(one => one !== '')) {
    const cidr = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry)
    if (cidr !== null) {
      const family = isIP(cidr[1] ?? '')
      if (family === 0 || Number(cidr[2]) > (family === 6 ? 128 : 32)) throw new Error(`"${entry}" is not a network`)
      addTo(networks, entry)
    } else if (isIP(entry) !== 0) exact.add(entry)
    else if (/^\*\.[a-z0-9.-]+$/.test(entry)) suffixes.push(entry.slice(1))
    else if (/^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/.test(entry)) exact.add(entry.replace(/[[\]]/g, match => (entry.includes(']:') ? match : '')))
    else throw new Error(`"${entry}" is not a host name, address or network`)
  }
  return {
    host: (hostname, port) => {
      const name = hostname.toLowerCase()
      const withPort = isIP(name) === 6 ? `[${name}]:${String(port)}` : `${name}:${String(port)}`
      return exact.has(name) || exact.has(withPort) || suffixes.some(suffix => name.endsWith(suffix))
    },
    address: address => {
      const family = isIP(address)
      return family !== 0 && (exact.has(address) || networks.check(address, family === 6 ? 'ipv6' : 'ipv4'))
    },
  }
}
