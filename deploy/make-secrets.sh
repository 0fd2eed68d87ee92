#!/bin/sh
# Makes what compose.yaml wants under deploy/secrets: once, and nothing that is there is ever changed. Keep a copy of it in a
# safe place: without encryption-keys and peppers, nothing sealed can be opened and nobody can log in.
#   sudo sh deploy/make-secrets.sh [FOLDER]
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
services='identity-gateway script-runner migration-service public-ip-service'
# As deploy/Dockerfile and the database's image have them.
service_user=10001
database_user=999

if [ -e "$folder" ]; then
  echo "$folder is there already; nothing was changed" >&2
  exit 1
fi
if [ "$(id -u)" != 0 ]; then
  echo 'run it as root: the files belong to the users that the containers run as' >&2
  exit 1
fi

new="$folder.new.$$"
mkdir "$new"
trap 'rm -rf "$new"' EXIT

secret() { printf '%s' "$2" > "$new/$1"; }
hex() { openssl rand -hex 32; }
key() { openssl rand -base64 32 | tr -d '\n'; }
# Under a random id: a store that is given the secrets of another run says that its own are missing, and mistakes none.
ring() { printf '%s%s:%s' "$1" "$(openssl rand -hex 4)" "$(key)"; }

password=$(hex)
secret service-token "$(hex)"
secret console-secret "$(hex)"
secret operator-key "ufk_$(hex)"
secret encryption-keys "$(ring k)"
secret peppers "$(ring p)"
secret postgres-password "$password"
secret database-url "postgres://userferry:$password@postgres:5432/userferry"

curve='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
# shellcheck disable=SC2086
openssl req -x509 $curve -days 3650 -subj '/CN=Userferry authority' -keyout "$new/ca.key" -out "$new/ca.crt" 2>/dev/null
for service in $services; do
  # shellcheck disable=SC2086
  openssl req -new $curve -subj "/CN=$service" -keyout "$new/$service.key" -out "$new/$service.csr" 2>/dev/null
  printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth,clientAuth\nkeyUsage=critical,digitalSignature\n' \
    "$service" > "$new/$service.ext"
  openssl x509 -req -in "$new/$service.csr" -CA "$new/ca.crt" -CAkey "$new/ca.key" -CAcreateserial -days 365 \
    -extfile "$new/$service.ext" -out "$new/$service.crt" 2>/dev/null
  rm "$new/$service.csr" "$new/$service.ext"
done
rm -f "$new/ca.srl"

chown "$service_user:$service_user" "$new"/*
chown "$database_user:$database_user" "$new/postgres-password"
# The authority's key is for making certificates: no container gets it.
chown 0:0 "$new/ca.key"
chmod 0400 "$new"/*
chmod 0711 "$new"
mv "$new" "$folder"
trap - EXIT
echo "$folder was made. The first operator key is in $folder/operator-key"
