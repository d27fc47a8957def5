//! Reading lines of text from a client, within bounds.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    time::timeout,
};

/// The longest line, in bytes; longer ones end the connection.
const LONGEST: usize = 512;
/// How long a client may take for a line.
const PATIENCE: Duration = Duration::from_secs(30);

/// The next line without its end, as text.
///
/// # Errors
/// If the client closes, takes too long or sends too long a line.
pub(crate) async fn line(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut line = Vec::new();
    let read = async {
        while line.len() <= LONGEST {
            match stream.read_u8().await? {
                b'\n' => return Ok(()),
                // the line end of a Telnet terminal (RFC 854)
                0 if line.last() == Some(&b'\r') => return Ok(()),
                byte => line.push(byte),
            }
        }
        Err(io::Error::from(io::ErrorKind::InvalidData))
    };
    timeout(PATIENCE, read).await??;
    let text = String::from_utf8_lossy(&line);
    Ok(text.trim_end_matches(['\r', '\0']).to_owned())
}
