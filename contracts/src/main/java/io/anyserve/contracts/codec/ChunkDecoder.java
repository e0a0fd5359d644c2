package io.anyserve.contracts.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.answer.ToolCallDelta;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.validation.Utf8;
import io.anyserve.v1.ChunkBatch;
import io.anyserve.v1.RequestChunk;
import io.anyserve.v1.TokenEvent;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * What usage needs of chunks, read without building records: almost all events of the topic are
 * chunks. A scan recognises only the plain shape that writers produce; whatever is unusual or
 * malformed is left to {@link TokenCodec}. One object is used again and again by the thread of its
 * task.
 */
public final class ChunkDecoder {

  private static final int ATTEMPT = tag(TokenEvent.ATTEMPT_FIELD_NUMBER, varint());
  private static final int EXECUTION_ID =
      tag(TokenEvent.EXECUTION_ID_FIELD_NUMBER, WireFormat.WIRETYPE_FIXED64);
  private static final int CHUNK = tag(TokenEvent.CHUNK_FIELD_NUMBER, delimited());
  private static final int REQUEST = tag(RequestChunk.REQUEST_ID_FIELD_NUMBER, delimited());
  private static final int CHUNKS = tag(ChunkBatch.CHUNKS_FIELD_NUMBER, delimited());
  private static final int SEQUENCE = tag(io.anyserve.v1.Chunk.SEQUENCE_FIELD_NUMBER, varint());
  private static final int TOKENS = tag(io.anyserve.v1.Chunk.TOKEN_IDS_FIELD_NUMBER, delimited());
  private static final int NONE = -1;
  private static final int TEXT = tag(io.anyserve.v1.Chunk.TEXT_FIELD_NUMBER, delimited());
  private static final int REASONING =
      tag(io.anyserve.v1.Chunk.REASONING_FIELD_NUMBER, delimited());

  /** Where the id of a batched chunk's request lies. */
  private int request = NONE;

  private int attempt;
  private long executionId;
  private long sequence;
  private int tokens;
  private long bytes;

  /** Whether the value is a plain, well-formed chunk; only then do the other methods mean it. */
  public boolean scan(byte[] value) {
    clear();
    try {
      return event(value, CodedInputStream.newInstance(value)) && request == NONE;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Whether the value is a plain, well-formed batch of chunks; only then is it gone through.
   *
   * @param each called for each chunk, with its request; the other methods mean that chunk then
   */
  public boolean scanBatch(byte[] value, Consumer<RequestId> each) {
    try {
      return value.length > 0 && batch(value, _ -> {}) && batch(value, each);
    } catch (IOException e) {
      return false;
    }
  }

  private boolean batch(byte[] value, Consumer<RequestId> each) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(value);
    while (!in.isAtEnd()) {
      if (in.readTag() != CHUNKS) {
        return false;
      }
      clear();
      int outer = in.pushLimit(in.readRawVarint32());
      if (!event(value, in) || request == NONE) {
        return false;
      }
      in.popLimit(outer);
      each.accept(RequestId.at(value, request));
    }
    return true;
  }

  /** Takes the same numbers from a record that was read in full. */
  public void take(TokenRecord record, Chunk chunk) {
    attempt = record.attempt();
    executionId = record.executionId();
    sequence = chunk.sequence();
    tokens = chunk.tokens().size();
    bytes = Utf8.length(chunk.text()) + Utf8.length(chunk.delta().reasoning());
    for (ToolCallDelta call : chunk.delta().toolCalls()) {
      bytes += Utf8.length(call.name()) + Utf8.length(call.arguments());
    }
    bytes += chunk.payload().map(ChunkDecoder::inline).orElse(0L);
  }

  public int attempt() {
    return attempt;
  }

  public long executionId() {
    return executionId;
  }

  public long sequence() {
    return sequence;
  }

  /** How many there are. */
  public int tokens() {
    return tokens;
  }

  /**
   * Of text and reasoning, in UTF-8, of the names and arguments of tool calls, and of a payload
   * that lies in the record.
   */
  public long bytes() {
    return bytes;
  }

  private void clear() {
    request = NONE;
    attempt = 0;
    executionId = 0;
    sequence = 0;
    tokens = 0;
    bytes = 0;
  }

  private boolean event(byte[] value, CodedInputStream in) throws IOException {
    boolean chunk = false;
    while (!in.isAtEnd()) {
      int tag = in.readTag();
      if (tag == ATTEMPT) {
        attempt = in.readInt32();
      } else if (tag == EXECUTION_ID) {
        executionId = in.readFixed64();
      } else if (tag == CHUNK && !chunk) {
        chunk = true;
        if (!chunk(value, in)) {
          return false;
        }
      } else if (tag != REQUEST || !request(in)) {
        return false;
      }
    }
    return chunk && attempt >= 0 && sequence >= 0;
  }

  private boolean request(CodedInputStream in) throws IOException {
    boolean fits = in.readRawVarint32() == RequestId.BYTES;
    request = in.getTotalBytesRead();
    in.skipRawBytes(RequestId.BYTES);
    return fits;
  }

  private boolean chunk(byte[] value, CodedInputStream in) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    boolean spoke = false;
    boolean thought = false;
    while (!in.isAtEnd()) {
      int tag = in.readTag();
      if (tag == SEQUENCE) {
        sequence = in.readInt64();
      } else if (tag == TOKENS) {
        if (!tokens(in)) {
          return false;
        }
      } else if (tag == TEXT && !spoke) {
        spoke = true;
        if (!text(value, in)) {
          return false;
        }
      } else if (tag == REASONING && !thought) {
        thought = true;
        if (!text(value, in)) {
          return false;
        }
      } else {
        return false;
      }
    }
    in.popLimit(outer);
    return true;
  }

  private boolean tokens(CodedInputStream in) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    while (!in.isAtEnd()) {
      if (in.readUInt32() < 0) {
        return false;
      }
      tokens++;
    }
    in.popLimit(outer);
    return true;
  }

  private boolean text(byte[] value, CodedInputStream in) throws IOException {
    int length = in.readRawVarint32();
    int start = in.getTotalBytesRead();
    in.skipRawBytes(length);
    bytes += length;
    return ascii(value, start, length)
        || UnsafeByteOperations.unsafeWrap(value, start, length).isValidUtf8();
  }

  private static boolean ascii(byte[] value, int start, int length) {
    for (int i = start; i < start + length; i++) {
      if (value[i] < 0) {
        return false;
      }
    }
    return true;
  }

  private static long inline(Payload payload) {
    return payload instanceof Payload.ObjectReference ? 0 : payload.size();
  }

  private static int tag(int field, int type) {
    return (field << 3) | type;
  }

  private static int varint() {
    return WireFormat.WIRETYPE_VARINT;
  }

  private static int delimited() {
    return WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }
}
