//! Addresses as Elasticsearch's `ip` type sees them: one space of 128 bits in which an IPv4 address
//! is the IPv6 address it is mapped to (`::ffff:a.b.c.d`).
//!
//! Parsing is strict: `225.178.039.250` (a leading zero) is no address (cloudtrail_to_ecs.md §2).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A text as an address in the common space.
pub(super) fn parse(text: &str) -> Option<u128> {
    text.parse::<IpAddr>().ok().map(bits)
}

/// An address in the common space.
pub(super) fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// First and last address of a network.
pub(super) fn network(net: &ipnet::IpNet) -> (u128, u128) {
    (bits(net.network()), bits(net.broadcast()))
}

/// First and last address of a range; an open end is the end of the other end's family.
pub(super) fn range(from: Option<IpAddr>, to: Option<IpAddr>) -> (u128, u128) {
    let v4 = |address: Option<IpAddr>| matches!(address, Some(IpAddr::V4(_)));
    let lowest = if v4(to) { bits(Ipv4Addr::UNSPECIFIED.into()) } else { 0 };
    let highest =
        if v4(from) { bits(Ipv4Addr::BROADCAST.into()) } else { Ipv6Addr::from_bits(u128::MAX).to_bits() };
    (from.map_or(lowest, bits), to.map_or(highest, bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(net: &str, text: &str) -> bool {
        let (first, last) = network(&net.parse().unwrap());
        parse(text).is_some_and(|bits| (first..=last).contains(&bits))
    }

    #[test]
    fn networks() {
        assert!(inside("10.0.0.0/8", "10.255.0.1"));
        assert!(inside("10.0.0.0/8", "::ffff:10.1.2.3"));
        assert!(!inside("10.0.0.0/8", "11.0.0.0"));
        assert!(!inside("10.0.0.0/8", "AWS Internal"));
        assert!(!inside("225.0.0.0/8", "225.178.039.250"));
        assert!(inside("2001:db8::/32", "2001:db8::1"));
        assert!(inside("::/0", "1.2.3.4"), "Elasticsearch maps IPv4 into the IPv6 space");
    }

    #[test]
    fn open_ranges_stay_in_their_family() {
        let (first, last) = range(None, Some("10.0.0.1".parse().unwrap()));
        assert!(!(first..=last).contains(&parse("::1").unwrap()));
        assert!((first..=last).contains(&parse("9.0.0.1").unwrap()));
        assert_eq!(range(None, None), (0, u128::MAX));
    }
}
