"""H3C with Comware 5, from the time when H3C was Huawei's: the same tables under the old number. What people call an
access point is the name of its template there.
"""

from __future__ import annotations

from dataclasses import replace

from collector.snmp.session import oid
from collector.snmp.vendors.h3c import below, family

ROOT = oid("1.3.6.1.4.1.2011.10.2.75")
FAMILY = replace(
    family("h3c-comware5", "H3C, Comware 5", ROOT),
    access_point_name=below(ROOT, "hh3cDot11CurrAPTemplateName", "2.1.2.1.6"),
    tried_on=("h3c-comware-lsq1wcmd0-2509p61", "h3c-wx6103"),
)
