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

/**
 * {@code InferStream} as a generator of load calls it, which shares its processors with what it
 * measures: the request is encoded once for all calls, and of each message no more is read than
 * what is measured.
 */
public final class StreamCall {

  /** Stands for a message that is no chunk. */
  private static final int NO_CHUNK = -1;

  private static final MethodDescriptor<byte[], Integer> METHOD =
      InferenceServiceGrpc.getInferStreamMethod().toBuilder(new Encoded(), new TokenCount())
          .build();

  private StreamCall() {}

  /** Streams of that request; the probes hear of them by threads of the channel. */
  public static StreamTarget over(Channel channel, Workload workload) {
    byte[] request = workload.request();
    return probe -> open(channel, request, probe);
  }

  private static void open(Channel channel, byte[] request, StreamProbe probe) {
    ClientCall<byte[], Integer> call = channel.newCall(METHOD, CallOptions.DEFAULT);
    call.start(new Listener(probe), new Metadata());
    call.request(Integer.MAX_VALUE);
    call.sendMessage(request);
    call.halfClose();
  }

  private static final class Listener extends ClientCall.Listener<Integer> {

    private final StreamProbe probe;

    Listener(StreamProbe probe) {
      this.probe = probe;
    }

    @Override
    public void onMessage(Integer tokens) {
      if (tokens != NO_CHUNK) {
        probe.chunk(tokens);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (status.isOk()) {
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

  /** How many tokens a {@link StreamEvent} brings. */
  private static final class TokenCount implements MethodDescriptor.Marshaller<Integer> {

    @Override
    public InputStream stream(Integer tokens) {
      throw new UnsupportedOperationException("responses are only received");
    }

    @Override
    public Integer parse(InputStream stream) {
      try {
        // A message is there as a whole; reading until the end would allocate for a long one.
        return count(CodedInputStream.newInstance(stream.readNBytes(stream.available())));
      } catch (IOException e) {
        throw new UncheckedIOException("a message of the stream is malformed", e);
      }
    }

    private static int count(CodedInputStream in) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == StreamEvent.CHUNK_FIELD_NUMBER) {
          in.pushLimit(in.readRawVarint32());
          return tokens(in);
        }
        in.skipField(tag);
      }
      return NO_CHUNK;
    }

    private static int tokens(CodedInputStream in) throws IOException {
      int tokens = 0;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == StreamChunk.TOKENS_FIELD_NUMBER) {
          tokens = in.readInt32();
        } else {
          in.skipField(tag);
        }
      }
      return tokens;
    }
  }
}
