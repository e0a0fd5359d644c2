package io.anyserve.ingress.grpc;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Carries an upload from the call's thread, which writes, to the virtual thread that stores it,
 * which reads. The next piece is asked for when one is taken, so that few are ever held.
 */
final class UploadBuffer extends InputStream {

  private sealed interface Piece {}

  private record Bytes(ByteString bytes) implements Piece {}

  private record End() implements Piece {}

  private record Broken(Failure why) implements Piece {}

  private static final long LONGEST_WAIT_SECONDS = 60;

  private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
  private final Runnable askForMore;
  private InputStream current = InputStream.nullInputStream();
  private boolean ended;

  UploadBuffer(Runnable askForMore) {
    this.askForMore = askForMore;
  }

  void write(ByteString bytes) {
    pieces.add(new Bytes(bytes));
  }

  void end() {
    pieces.add(new End());
  }

  /** The rest will not come, or is not wanted. */
  void breakOff(Failure why) {
    pieces.add(new Broken(why));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int count = current.read(into, offset, length);
    while (count < 0 && !ended) {
      next();
      count = current.read(into, offset, length);
    }
    return count;
  }

  private void next() throws IOException {
    switch (take()) {
      case Bytes(ByteString bytes) -> {
        current = bytes.newInput();
        askForMore.run();
      }
      case End _ -> ended = true;
      case Broken(Failure why) -> throw new UploadEndedException(why);
    }
  }

  private Piece take() throws IOException {
    try {
      @Nullable Piece piece = pieces.poll(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
      if (piece == null) {
        throw new UploadEndedException(new Failure(FailureCode.CANCELLED, "the upload stalled"));
      }
      return piece;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the upload");
    }
  }
}
