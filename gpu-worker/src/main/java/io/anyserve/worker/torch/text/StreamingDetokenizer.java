package io.anyserve.worker.torch.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns tokens into text as they come, holding back the bytes of an incomplete character.
 *
 * <p>A function of the tokens alone: the same tokens give the same pieces of text.
 */
public final class StreamingDetokenizer {

  private final Vocabulary table;
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  /** At most three bytes between calls, ready to be read. */
  private ByteBuffer pending = ByteBuffer.allocate(0);

  public StreamingDetokenizer(Vocabulary table) {
    this.table = table;
  }

  /** The characters that the token completes, possibly none. */
  public String push(int token) {
    return decode(table.bytes(token), false);
  }

  /** What is left at the end: a replacement character for an incomplete one, or nothing. */
  public String flush() {
    return decode(new byte[0], true);
  }

  private String decode(byte[] more, boolean last) {
    ByteBuffer input = ByteBuffer.allocate(pending.remaining() + more.length);
    input.put(pending).put(more).flip();
    CharBuffer text = CharBuffer.allocate(input.remaining() + 1);
    utf8.reset().decode(input, text, last);
    pending = input;
    return text.flip().toString();
  }
}
