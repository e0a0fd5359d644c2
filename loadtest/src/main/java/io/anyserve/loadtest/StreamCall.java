package io.anyserve.loadtest;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.StreamChunk;
import io.anyserve.v1.StreamEvent;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * {@code InferStream} as a generator of load calls it, which shares its processors with what it
 * measures: the request comes encoded, and of each message no more is read than what is measured.
 */
public final class StreamCall {

  private static final MethodDescriptor<byte[], StreamPiece> COUNTED = method(false);
  private static final MethodDescriptor<byte[], StreamPiece> WITH_TEXT = method(true);

  private StreamCall() {}

  private static MethodDescriptor<byte[], StreamPiece> method(boolean text) {
    return InferenceServiceGrpc.getInferStreamMethod().toBuilder(new Encoded(), new Pieces(text))
        .build();
  }

  /**
   * Streams of that request, encoded once for all; the probes hear of them by threads of the
   * channel.
   */
  public static StreamTarget over(Channel channel, Workload workload) {
    byte[] request = workload.request();
    return probe -> open(channel, request, new Metadata(), probe);
  }

  /**
   * Opens a stream, which is read as the probe says.
   *
   * @param request an encoded {@link InferStreamRequest}
   */
  public static void open(Channel channel, byte[] request, Metadata headers, StreamProbe probe) {
    ReadingStyle reading = probe.reading();
    ClientCall<byte[], StreamPiece> call =
        channel.newCall(reading.keepsText() ? WITH_TEXT : COUNTED, CallOptions.DEFAULT);
    call.start(new Listener(call, probe, reading), headers);
    call.request(reading.pauses() ? 1 : Integer.MAX_VALUE);
    call.sendMessage(request);
    call.halfClose();
  }

  private static final class Listener extends ClientCall.Listener<StreamPiece> {

    private final ClientCall<byte[], StreamPiece> call;
    private final StreamProbe probe;
    private final ReadingStyle reading;
    private int chunks;
    private boolean left;

    Listener(ClientCall<byte[], StreamPiece> call, StreamProbe probe, ReadingStyle reading) {
      this.call = call;
      this.probe = probe;
      this.reading = reading;
    }

    @Override
    public void onMessage(StreamPiece piece) {
      if (left) {
        return;
      }
      if (piece.chunk()) {
        probe.chunk(piece.tokens());
        if (reading.keepsText()) {
          probe.text(piece.text());
        }
        chunks++;
      }
      if (reading.leaves(chunks)) {
        left = true;
        call.cancel("the caller hung up", null);
      } else if (reading.pauses()) {
        readOn(piece.chunk());
      }
    }

    private void readOn(boolean later) {
      if (later) {
        CompletableFuture.delayedExecutor(
                reading.pause().toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
            .execute(() -> call.request(1));
      } else {
        call.request(1);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (left) {
        probe.left();
      } else if (status.isOk()) {
        probe.completed();
      } else {
        probe.failed(status.asRuntimeException(trailers));
      }
    }
  }

  /** The bytes of an {@link InferStreamRequest}. */
  private static final class Encoded implements MethodDescriptor.Marshaller<byte[]> {

    @Override
    public InputStream stream(byte[] request) {
      return new Bytes(request);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException("requests are only sent");
    }
  }

  private static final class Bytes extends ByteArrayInputStream implements KnownLength {

    Bytes(byte[] bytes) {
      super(bytes);
    }
  }

  /**
   * What each {@link StreamEvent} brings.
   *
   * @param text is read, too
   */
  private record Pieces(boolean text) implements MethodDescriptor.Marshaller<StreamPiece> {

    @Override
    public InputStream stream(StreamPiece piece) {
      throw new UnsupportedOperationException("responses are only received");
    }

    @Override
    public StreamPiece parse(InputStream stream) {
      try {
        // A message is there as a whole; reading until the end would allocate for a long one.
        return piece(CodedInputStream.newInstance(stream.readNBytes(stream.available())));
      } catch (IOException e) {
        throw new UncheckedIOException("a message of the stream is malformed", e);
      }
    }

    private StreamPiece piece(CodedInputStream in) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == StreamEvent.CHUNK_FIELD_NUMBER) {
          in.pushLimit(in.readRawVarint32());
          return chunk(in);
        }
        in.skipField(tag);
      }
      return StreamPiece.NO_CHUNK;
    }

    private StreamPiece chunk(CodedInputStream in) throws IOException {
      int tokens = 0;
      String content = "";
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        int field = WireFormat.getTagFieldNumber(tag);
        if (field == StreamChunk.TOKENS_FIELD_NUMBER) {
          tokens = in.readInt32();
        } else if (text && field == StreamChunk.TEXT_FIELD_NUMBER) {
          content = in.readString();
        } else {
          in.skipField(tag);
        }
      }
      return text ? new StreamPiece(tokens, content) : StreamPiece.of(tokens);
    }
  }
}
