package io.anyserve.jinja.value;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A prompt in segments that say who wrote them; joined, they are what jinja2 would print.
 *
 * @param segments not empty texts; neighbours differ in origin
 */
public record RenderedPrompt(List<Segment> segments) {

  /**
   * Neighbouring characters of one origin.
   *
   * @param fromTemplate whether the template wrote it; false for text that came in with the request
   */
  public record Segment(String text, boolean fromTemplate) {}

  /** A stretch of the prompt that a tokenizer treats as one thing. */
  public sealed interface Piece {

    /** A special token that the template wrote: becomes its id. */
    record Special(String token) implements Piece {}

    /** Text to encode with special tokens switched off, whatever it looks like. */
    record Plain(String text) implements Piece {}
  }

  public RenderedPrompt {
    segments = List.copyOf(segments);
  }

  public String text() {
    return segments.stream().map(Segment::text).collect(Collectors.joining());
  }

  /**
   * Cuts the prompt at the special tokens that the template wrote. The same characters in user text
   * stay plain, and plain text is not cut where its origin changes, so that it is encoded as the
   * model saw it in training.
   *
   * @param specialTokens as the tokenizer spells them; the longest wins where several fit
   */
  public List<Piece> pieces(Collection<String> specialTokens) {
    List<Piece> pieces = new ArrayList<>();
    StringBuilder plain = new StringBuilder();
    Pattern specials = pattern(specialTokens);
    for (Segment segment : segments) {
      int copied = 0;
      if (segment.fromTemplate() && !specialTokens.isEmpty()) {
        Matcher matcher = specials.matcher(segment.text());
        while (matcher.find()) {
          flush(plain.append(segment.text(), copied, matcher.start()), pieces);
          pieces.add(new Piece.Special(matcher.group()));
          copied = matcher.end();
        }
      }
      plain.append(segment.text(), copied, segment.text().length());
    }
    flush(plain, pieces);
    return List.copyOf(pieces);
  }

  private static void flush(StringBuilder plain, List<Piece> pieces) {
    if (!plain.isEmpty()) {
      pieces.add(new Piece.Plain(plain.toString()));
      plain.setLength(0);
    }
  }

  private static Pattern pattern(Collection<String> specialTokens) {
    return Pattern.compile(
        specialTokens.stream()
            .filter(token -> !token.isEmpty())
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(Pattern::quote)
            .collect(Collectors.joining("|")));
  }
}
