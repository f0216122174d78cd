"""The Wi-Fi link of this machine, asked of each system in its own way and told in the same facts."""
