"""The only door to the machine: files, programs, sockets, netlink, registry, clocks. Nothing is understood here."""
