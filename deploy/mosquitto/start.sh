#!/bin/sh
# Writes the users of the broker, each password hashed, and becomes the broker.
set -eu
passwords=${PASSWORDS_FILE:-/mosquitto/data/passwords}
umask 077
rm -f "$passwords"
for each in "twin:$TWIN_MQTT_PASSWORD" "$PLANT_NAME:$PLANT_MQTT_PASSWORD" "health:$HEALTH_MQTT_PASSWORD"; do
	printf '%s\n' "$each" >>"$passwords"
done
mosquitto_passwd -U "$passwords"
if test "$(id -u)" = 0; then chown -R mosquitto "$(dirname "$passwords")"; fi
exec mosquitto -c "${CONFIGURATION_FILE:-/mosquitto/config/mosquitto.conf}"
