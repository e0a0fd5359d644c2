package io.anyserve.runtime.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** A client's connection without any protocol. */
record RawConnection(Socket socket) {

  /** What comes back until the server closes the connection, which it may do at any time. */
  byte[] exchange(byte[] request, boolean ends) throws IOException {
    try {
      socket.getOutputStream().write(request);
      if (ends) {
        socket.shutdownOutput();
      }
    } catch (SocketException e) {
      // closed meanwhile; what it said before is read
    }
    return readAll();
  }

  private byte[] readAll() throws IOException {
    var answer = new ByteArrayOutputStream();
    try {
      InputStream in = socket.getInputStream();
      in.transferTo(answer);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection stays open behind: " + answer, e);
    } catch (SocketException e) {
      // reset: the server closed it before it had read everything
    }
    return answer.toByteArray();
  }
}
