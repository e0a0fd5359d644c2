package io.anyserve.jinja.syntax;

import io.anyserve.jinja.value.TemplateException;

/** Decodes the escapes of a Python string literal. */
final class StringLiteral {

  private final String quoted;
  private final int line;
  private final StringBuilder decoded = new StringBuilder();
  private int position = 1;

  private StringLiteral(String quoted, int line) {
    this.quoted = quoted;
    this.line = line;
  }

  static String decode(String quoted, int line) {
    return quoted.indexOf('\\') < 0
        ? quoted.substring(1, quoted.length() - 1)
        : new StringLiteral(quoted, line).decode();
  }

  private String decode() {
    while (position < quoted.length() - 1) {
      char c = quoted.charAt(position++);
      if (c == '\\') {
        escape(quoted.charAt(position++));
      } else {
        decoded.append(c);
      }
    }
    return decoded.toString();
  }

  private void escape(char c) {
    switch (c) {
      case '\n' -> {}
      case '\\', '\'', '"' -> decoded.append(c);
      case 'a' -> decoded.append('\u0007');
      case 'b' -> decoded.append('\b');
      case 'f' -> decoded.append('\f');
      case 'n' -> decoded.append('\n');
      case 'r' -> decoded.append('\r');
      case 't' -> decoded.append('\t');
      case 'v' -> decoded.append('\u000B');
      case 'x' -> hexadecimal(2);
      case 'u' -> hexadecimal(4);
      case 'U' -> hexadecimal(8);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> octal();
      default -> decoded.append('\\').append(c);
    }
  }

  private void hexadecimal(int digits) {
    int end = position + digits;
    try {
      int c = end < quoted.length() ? Integer.parseUnsignedInt(quoted, position, end, 16) : -1;
      decoded.appendCodePoint(c);
    } catch (IllegalArgumentException e) {
      throw TemplateException.syntax(
          line, "a broken escape in a string (expected: %d hexadecimal digits)".formatted(digits));
    }
    position = end;
  }

  private void octal() {
    int end = position;
    while (end < position + 2 && quoted.charAt(end) >= '0' && quoted.charAt(end) <= '7') {
      end++;
    }
    decoded.appendCodePoint(Integer.parseInt(quoted, position - 1, end, 8));
    position = end;
  }
}
