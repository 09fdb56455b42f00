#!/bin/sh
# `make up`: makes .env where there is none, then starts docker-compose.yml, or checks it where nothing can run it.
set -eu
cd "$(dirname "$0")/.."

random_hex() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

if test -e .env; then
	echo 'Kept .env as it is'
else
	(
		umask 077
		while IFS= read -r line; do
			case $line in
			[A-Z]*=) printf '%s%s\n' "$line" "$(random_hex)" ;;
			*) printf '%s\n' "$line" ;;
			esac
		done <.env.example >.env.new
		mv .env.new .env
	)
	echo 'Wrote .env with random secrets; only you may read it'
fi

if docker compose version >/dev/null 2>&1; then
	compose='docker compose'
elif command -v docker-compose >/dev/null; then
	compose=docker-compose
else
	echo 'Docker Compose was not found, so nothing was started or checked; install it, then make up again' >&2
	exit 2
fi

$compose config --quiet
if docker info >/dev/null 2>&1; then
	$compose up --build --detach
	echo 'Grafana: http://localhost:3000, user admin, password GRAFANA_PASSWORD of .env; dashboard Live line'
else
	echo 'docker-compose.yml is in order, but no Docker engine runs here, so nothing was started'
fi
