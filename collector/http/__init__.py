"""What every route does alike: bounded bodies, headers, rates, origins."""
