package io.anyserve.contracts.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.anyserve.v1.ChunkBatch;
import io.anyserve.v1.TokenEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the first bytes of a token event tell without decoding it: of thousands a second only the
 * few that begin, end, hand over or repeat a request matter to who does not read answers.
 */
public enum TokenEventKind {
  STARTED,
  CHUNK,
  /** Chunks of many requests. */
  BATCH,
  TERMINAL,
  DUPLICATE,
  RELEASED,
  /** Not a token event, or one whose fields are in an unusual order. */
  UNCLEAR;

  private static final int BATCHED =
      (ChunkBatch.CHUNKS_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  /** Whether it must be decoded. */
  public boolean counts() {
    return switch (this) {
      case STARTED, TERMINAL, DUPLICATE, RELEASED, UNCLEAR -> true;
      case CHUNK, BATCH -> false;
    };
  }

  /** Looks at the first field that is an event; a batch has no key. */
  public static TokenEventKind of(byte @Nullable [] key, byte @Nullable [] value) {
    TokenEventKind glance = of(value);
    return glance == BATCH && key != null ? UNCLEAR : glance;
  }

  private static TokenEventKind of(byte @Nullable [] value) {
    if (value == null) {
      return UNCLEAR;
    }
    try {
      return of(CodedInputStream.newInstance(value));
    } catch (IOException e) {
      return UNCLEAR;
    }
  }

  private static TokenEventKind of(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == BATCHED) {
        return BATCH;
      }
      int field = WireFormat.getTagFieldNumber(tag);
      if (field == TokenEvent.RELEASED_FIELD_NUMBER) {
        return RELEASED;
      }
      if (field >= TokenEvent.STARTED_FIELD_NUMBER && field <= TokenEvent.DUPLICATE_FIELD_NUMBER) {
        return switch (field) {
          case TokenEvent.STARTED_FIELD_NUMBER -> STARTED;
          case TokenEvent.CHUNK_FIELD_NUMBER -> CHUNK;
          case TokenEvent.DUPLICATE_FIELD_NUMBER -> DUPLICATE;
          default -> TERMINAL;
        };
      }
      in.skipField(tag);
    }
    return UNCLEAR;
  }
}
