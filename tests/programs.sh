#!/bin/sh
# Real servers and tools that the tests talk to. As root they are installed; otherwise the missing ones are named and
# the tests that need them are skipped (under CI=true such a skip is a failure).
set -eu

# program:Debian package
wanted="prometheus:prometheus promtool:prometheus prometheus-alertmanager:prometheus-alertmanager
amtool:prometheus-alertmanager prometheus-pushgateway:prometheus-pushgateway
prometheus-node-exporter:prometheus-node-exporter
prometheus-snmp-exporter:prometheus-snmp-exporter victoria-metrics:victoria-metrics chromium:chromium
chromium-headless-shell:chromium-headless-shell
openssl:openssl wrk:wrk curl:curl nginx:nginx sysctl:procps ss:iproute2
ip:iproute2 tc:iproute2 nft:nftables iperf3:iperf3 ping:iputils-ping snmpd:snmpd snmpget:snmp tshark:tshark
pg_ctlcluster:postgresql zbarimg:zbar-tools"

missing=""
for pair in $wanted; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
missing=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
[ -n "$(printf %s "$missing" | tr -d ' ')" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the tests: $missing"
  log=$(mktemp)
  # shellcheck disable=SC2086 # a list of packages is meant
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } \
      >"$log" 2>&1; then
    tail -n 20 "$log"
    exit 1
  fi
  rm -f "$log"
else
  echo "Not installed, so the tests that need them are skipped: $missing"
  echo "Install them with: sudo apt-get install --no-install-recommends $missing"
fi
