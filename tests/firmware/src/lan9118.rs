use core::array;

use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::time::Instant;

/// The board's Ethernet chip, polled: a [`Device`] for `smoltcp`.
///
/// Register and bit names are those of the LAN9118 datasheet (SMSC, revision 1.5), chapter 5.
#[derive(Debug)]
pub struct Lan9118 {
    registers: Registers,
    frames: &'static mut Frames,
}

/// Memory for a frame each way.
#[derive(Debug)]
pub struct Frames {
    received: [u8; FRAME_LEN],
    to_send: [u8; FRAME_LEN],
}

impl Frames {
    /// Nothing in it yet.
    pub const EMPTY: Self = Self {
        received: [0; FRAME_LEN],
        to_send: [0; FRAME_LEN],
    };
}

impl Lan9118 {
    /// Starts the chip, with this address.
    ///
    /// # Safety
    ///
    /// A LAN9118 has its registers at `base`, and nothing else uses it from now on.
    ///
    /// # Panics
    ///
    /// When no LAN9118 answers there.
    #[must_use]
    pub unsafe fn start(base: usize, address: [u8; 6], frames: &'static mut Frames) -> Self {
        let registers = Registers { base };
        assert_eq!(registers.read(BYTE_TEST), 0x8765_4321, "no LAN9118 answers");
        let [a, b, c, d, e, f] = address;
        registers.write_mac(ADDRH, u32::from_le_bytes([e, f, 0, 0]));
        registers.write_mac(ADDRL, u32::from_le_bytes([a, b, c, d]));
        registers.write_mac(MAC_CR, MAC_CR_TXEN | MAC_CR_RXEN);
        // Nobody reads how sending went, so the list of that may overflow.
        registers.write(TX_CFG, TX_CFG_TX_ON | TX_CFG_TXSAO);
        Self { registers, frames }
    }

    /// The next frame that came whole.
    fn receive_frame(&mut self) -> Option<usize> {
        while self.registers.read(RX_FIFO_INF) & RX_FIFO_INF_STATUSES != 0 {
            let status = self.registers.read(RX_STATUS_FIFO);
            // It counts the checksum at the end of the frame, which stands in the data like the rest.
            let len = ((status >> 16) & 0x3fff) as usize;
            for word in 0..len.div_ceil(4) {
                let bytes = self.registers.read(RX_DATA_FIFO).to_le_bytes();
                let place = word * 4..word * 4 + 4;
                // What is too long for Ethernet is read all the same, to be rid of it.
                if let Some(place) = self.frames.received.get_mut(place) {
                    place.copy_from_slice(&bytes);
                }
            }
            let is_good = status & RX_STATUS_ERROR == 0;
            if is_good && (CHECKSUM_LEN..=FRAME_LEN).contains(&len) {
                return Some(len - CHECKSUM_LEN);
            }
        }
        None
    }
}

impl Device for Lan9118 {
    type RxToken<'a> = Received<'a>;
    type TxToken<'a> = ToSend<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Received<'_>, ToSend<'_>)> {
        let len = self.receive_frame()?;
        let received = Received(&self.frames.received[..len]);
        Some((received, ToSend(&self.registers, &mut self.frames.to_send)))
    }

    fn transmit(&mut self, _: Instant) -> Option<ToSend<'_>> {
        let free = self.registers.read(TX_FIFO_INF) & TX_FIFO_INF_FREE;
        let is_room = free as usize >= FRAME_LEN + COMMANDS_LEN;
        is_room.then_some(ToSend(&self.registers, &mut self.frames.to_send))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = MAX_TRANSMISSION_UNIT;
        capabilities.max_burst_size = Some(1);
        capabilities
    }
}

/// A frame that was received.
#[derive(Debug)]
pub struct Received<'a>(&'a [u8]);

impl RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(self.0)
    }
}

/// Room for a frame to be sent.
#[derive(Debug)]
pub struct ToSend<'a>(&'a Registers, &'a mut [u8; FRAME_LEN]);

impl TxToken for ToSend<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, write: F) -> R {
        let Self(registers, buffer) = self;
        let frame = &mut buffer[..len];
        let result = write(frame);
        let len = len as u32;
        registers.write(TX_DATA_FIFO, TX_COMMAND_A_FIRST | TX_COMMAND_A_LAST | len);
        registers.write(TX_DATA_FIFO, len);
        for bytes in frame.chunks(4) {
            let word = array::from_fn(|i| bytes.get(i).copied().unwrap_or(0));
            registers.write(TX_DATA_FIFO, u32::from_le_bytes(word));
        }
        result
    }
}

/// The registers of the chip.
#[derive(Debug)]
struct Registers {
    base: usize,
}

impl Registers {
    fn read(&self, register: usize) -> u32 {
        let register = (self.base + register) as *const u32;
        // SAFETY: the chip has a register of 32 bits there, which is ours alone, says who called `start`.
        unsafe { register.read_volatile() }
    }

    fn write(&self, register: usize, value: u32) {
        let register = (self.base + register) as *mut u32;
        // SAFETY: as in `read`.
        unsafe { register.write_volatile(value) }
    }

    /// Writes a register of the part that speaks Ethernet, which is reached through two others.
    fn write_mac(&self, register: u32, value: u32) {
        self.write(MAC_CSR_DATA, value);
        self.write(MAC_CSR_CMD, MAC_CSR_CMD_BUSY | register);
        while self.read(MAC_CSR_CMD) & MAC_CSR_CMD_BUSY != 0 {}
    }
}

/// A frame without its checksum.
const MAX_TRANSMISSION_UNIT: usize = 1514;
const CHECKSUM_LEN: usize = 4;
/// The longest frame, up to the next whole word.
const FRAME_LEN: usize = 1520;
/// What goes before a frame into the FIFO.
const COMMANDS_LEN: usize = 8;

const RX_DATA_FIFO: usize = 0x00;
const TX_DATA_FIFO: usize = 0x20;
const RX_STATUS_FIFO: usize = 0x40;
const BYTE_TEST: usize = 0x64;
const TX_CFG: usize = 0x70;
const RX_FIFO_INF: usize = 0x7c;
const TX_FIFO_INF: usize = 0x80;
const MAC_CSR_CMD: usize = 0xa4;
const MAC_CSR_DATA: usize = 0xa8;

const TX_COMMAND_A_FIRST: u32 = 1 << 13;
const TX_COMMAND_A_LAST: u32 = 1 << 12;
const TX_CFG_TXSAO: u32 = 1 << 2;
const TX_CFG_TX_ON: u32 = 1 << 1;
const RX_STATUS_ERROR: u32 = 1 << 15;
const RX_FIFO_INF_STATUSES: u32 = 0x00ff_0000;
const TX_FIFO_INF_FREE: u32 = 0x0000_ffff;
const MAC_CSR_CMD_BUSY: u32 = 1 << 31;

const MAC_CR: u32 = 1;
const ADDRH: u32 = 2;
const ADDRL: u32 = 3;
const MAC_CR_TXEN: u32 = 1 << 3;
const MAC_CR_RXEN: u32 = 1 << 2;
