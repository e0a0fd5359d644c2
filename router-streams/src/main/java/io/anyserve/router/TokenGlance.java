package io.anyserve.router;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.anyserve.v1.ChunkBatch;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the first bytes of a token event tell without decoding it: of thousands a second only the
 * Started and terminal ones matter here.
 */
enum TokenGlance {
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
  private static final int STARTED_FIELD = 3;
  private static final int CHUNK_FIELD = 4;
  private static final int DUPLICATE_FIELD = 8;
  private static final int RELEASED_FIELD = 10;

  /** Whether it must be decoded. */
  boolean counts() {
    return switch (this) {
      case STARTED, TERMINAL, UNCLEAR -> true;
      case CHUNK, BATCH, DUPLICATE, RELEASED -> false;
    };
  }

  /** Looks at the first field that is an event; a batch has no key. */
  static TokenGlance of(byte @Nullable [] key, byte @Nullable [] value) {
    TokenGlance glance = of(value);
    return glance == BATCH && key != null ? UNCLEAR : glance;
  }

  private static TokenGlance of(byte @Nullable [] value) {
    if (value == null) {
      return UNCLEAR;
    }
    try {
      return of(CodedInputStream.newInstance(value));
    } catch (IOException e) {
      return UNCLEAR;
    }
  }

  private static TokenGlance of(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == BATCHED) {
        return BATCH;
      }
      int field = WireFormat.getTagFieldNumber(tag);
      if (field == RELEASED_FIELD) {
        return RELEASED;
      }
      if (field >= STARTED_FIELD && field <= DUPLICATE_FIELD) {
        return switch (field) {
          case STARTED_FIELD -> STARTED;
          case CHUNK_FIELD -> CHUNK;
          case DUPLICATE_FIELD -> DUPLICATE;
          default -> TERMINAL;
        };
      }
      in.skipField(tag);
    }
    return UNCLEAR;
  }
}
