"""What the network gear of a school knows: how full its line is, and who is on its access points."""
