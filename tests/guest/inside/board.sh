#!/bin/sh
# What a Raspberry Pi's firmware and device tree would have made: I2C bus 1, GPIO lines, a USB device
# controller, and the board's revision. Run once at boot, before the services.
set -eu
modprobe -a i2c-dev vi2c gpio-sim dummy_hcd libcomposite

lines=/sys/kernel/config/gpio-sim/pi
mkdir -p $lines/bank0
echo 54 > $lines/bank0/num_lines
echo pinctrl-bcm2835 > $lines/bank0/label
echo 1 > $lines/live
chip=/sys/devices/platform/$(cat $lines/dev_name)/$(cat $lines/bank0/chip_name)
ln -sfn "$chip" /run/lines
# The button and the battery's warning are to GND, and nothing is pressed or low.
for line in 17 22; do echo pull-up > "$chip/sim_gpio$line/pull"; done

# gpiozero asks which Pi it runs on: a Zero 2 W.
{ cat /proc/cpuinfo; printf 'Revision\t: 902120\nModel\t\t: Raspberry Pi Zero 2 W Rev 1.0\n'; } > /run/cpuinfo
mount --bind /run/cpuinfo /proc/cpuinfo

# Edges of the lines, with the kernel's own time.
mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing
mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
echo mono > /sys/kernel/tracing/trace_clock
echo 1 > /sys/kernel/tracing/events/gpio/gpio_value/enable
