"""Draining the FIFO of ST's LSM6 families: level, bursts, words."""

from typing import Final

from drivers.bus import MAX_BURST
from drivers.chips.chip import Drained
from drivers.chips.registers import Registers
from drivers.chips.tag_plan import WORD
from drivers.chips.tagged import TaggedFifo
from drivers.chips.ticks import TickCounter
from drivers.errors import BusError, ChipError

OVERRUN: Final = 0x68
"""FIFO_STATUS2: FIFO_OVR_IA, OVER_RUN_LATCHED, and FIFO_FULL_IA: a read that failed may have taken
the latched bit away with it."""
BURST_WORDS: Final = MAX_BURST // WORD
TIMESTAMP_EVERY: Final = 8
"""Slots from one timestamp word to the next."""


class StStream:
    """One chip's FIFO.

    Args:
        regs: of the chip.
        status: FIFO_STATUS1; FIFO_STATUS2 follows, and both are always read together (ST's release
            note: the latched bits go with the read).
        level_mask: of DIFF_FIFO in both.
        data: FIFO_DATA_OUT_TAG; the chip's pointer goes round its seven registers by itself.
        tags: of the sensors, in the order of the columns.
        ticks: the chip's timestamp.
    """

    def __init__(
        self,
        regs: Registers,
        status: int,
        level_mask: int,
        data: int,
        tags: tuple[int, ...],
        ticks: TickCounter,
    ) -> None:
        self._regs = regs
        self._status = status
        self._mask = level_mask
        self._data = data
        self._fifo = TaggedFifo(tags, ticks)
        self._words_per_stamp = len(tags) * TIMESTAMP_EVERY + 1
        self._held: list[Drained] = []

    def restart(self) -> None:
        """A new stream begins."""
        self._fifo.restart()
        self._held = []

    def drain(self) -> list[Drained]:
        """Everything in the FIFO.

        Raises:
            BusError: the bus failed; what was read until then comes with the next drain.
            ChipError: no words of this FIFO came; the chip must be looked at.
        """
        regs = self._regs
        low, high = regs.read(self._status, 2)
        host_time = regs.bus.time.now()
        if low == high == 0xFF:
            # FIFO_STATUS2 has bits that are always 0: nobody drives the data line.
            self._fifo.broken()
            raise ChipError(f"I2C 0x{regs.address:02x}: FIFO_STATUS reads all ones")
        left = (high << 8 | low) & self._mask
        if high & OVERRUN:
            self._fifo.broken()
        bursts: list[bytes] = []
        failed: BusError | None = None
        while left:
            words = min(left, BURST_WORDS)
            try:
                bursts.append(regs.drain(self._data, words * WORD))
            except BusError as e:
                failed = e
                break
            left -= words
        if bursts:
            try:
                pieces = self._fifo.push(b"".join(bursts), host_time)
            except ChipError as e:
                raise ChipError(f"I2C 0x{regs.address:02x}: {e}") from e
            unread = left * TIMESTAMP_EVERY // self._words_per_stamp
            self._held += [Drained(counts, host_time, lost, unread) for counts, lost in pieces]
        if failed is not None:
            # How much of the burst had left the FIFO nobody knows.
            self._fifo.broken()
            raise failed
        held, self._held = self._held, []
        return held
