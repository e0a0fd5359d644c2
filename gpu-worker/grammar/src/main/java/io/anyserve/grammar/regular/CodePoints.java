package io.anyserve.grammar.regular;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set of Unicode characters, as ranges in order that do not touch. Surrogates are no characters.
 */
record CodePoints(List<Range> ranges) {

  static final CodePoints NONE = new CodePoints(List.of());
  static final CodePoints ALL = range(0, Character.MAX_CODE_POINT);
  static final CodePoints DIGITS = range('0', '9');
  static final CodePoints WORD = range('a', 'z').or(range('A', 'Z')).or(DIGITS).or(range('_', '_'));

  /** The white space and line ends of ECMAScript. */
  static final CodePoints SPACE =
      range('\t', '\r')
          .or(of(' ', 0xa0, 0x1680))
          .or(range(0x2000, 0x200a))
          .or(of(0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff));

  static final CodePoints NO_LINE_END = of('\n', '\r', 0x2028, 0x2029).complement();

  CodePoints {
    ranges = List.copyOf(ranges);
  }

  /** Both ends belong to it. */
  record Range(int from, int to) {

    Range {
      if (from < 0 || from > to || to > Character.MAX_CODE_POINT) {
        throw new IllegalArgumentException(
            "range: " + from + " to " + to + " (expected: ascending, at most 1114111)");
      }
    }
  }

  static CodePoints range(int from, int to) {
    List<Range> ranges = new ArrayList<>();
    add(ranges, from, Math.min(to, Character.MIN_SURROGATE - 1));
    add(ranges, Math.max(from, Character.MAX_SURROGATE + 1), to);
    return new CodePoints(ranges);
  }

  static CodePoints of(int... characters) {
    CodePoints set = NONE;
    for (int character : characters) {
      set = set.or(range(character, character));
    }
    return set;
  }

  CodePoints or(CodePoints other) {
    List<Range> all = new ArrayList<>(ranges);
    all.addAll(other.ranges);
    all.sort(Comparator.comparingInt(Range::from));
    List<Range> joined = new ArrayList<>();
    for (Range range : all) {
      if (!joined.isEmpty() && range.from <= joined.getLast().to + 1) {
        Range last = joined.removeLast();
        joined.add(new Range(last.from, Math.max(last.to, range.to)));
      } else {
        joined.add(range);
      }
    }
    return new CodePoints(joined);
  }

  CodePoints complement() {
    CodePoints rest = NONE;
    int next = 0;
    for (Range range : ranges) {
      if (range.from > next) {
        rest = rest.or(range(next, range.from - 1));
      }
      next = range.to + 1;
    }
    return next > Character.MAX_CODE_POINT ? rest : rest.or(range(next, Character.MAX_CODE_POINT));
  }

  CodePoints and(CodePoints other) {
    return complement().or(other.complement()).complement();
  }

  CodePoints without(CodePoints other) {
    return and(other.complement());
  }

  private static void add(List<Range> ranges, int from, int to) {
    if (from <= to) {
      ranges.add(new Range(from, to));
    }
  }
}
