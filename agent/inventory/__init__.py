"""What a machine is and has, read per operating system; `agent/probes/{device,browsers,lockdown}.py` ask here."""
