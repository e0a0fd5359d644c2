package io.anyserve.jinja.syntax;

import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.Whitespace;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a template into text and tags as jinja2 does with trim_blocks and lstrip_blocks on. */
final class Lexer {

  private static final Pattern LINE_END = Pattern.compile("\r\n|\r");
  private static final Pattern RAW =
      Pattern.compile("\\{%[-+]?\\s*raw\\s*(-%}\\s*|%})", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern END_RAW =
      Pattern.compile(
          "\\{%([-+]?)\\s*endraw\\s*(\\+%}|-%}\\s*|%}\n?)", Pattern.UNICODE_CHARACTER_CLASS);

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int line = 1;
  private boolean atLineStart = true;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String source) {
    String lines = LINE_END.matcher(source).replaceAll("\n");
    Lexer lexer = new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    for (int open = nextTag(); open >= 0; open = nextTag()) {
      switch (source.charAt(open + 1)) {
        case '#' -> comment(open);
        case '{' -> output(open);
        default -> tagOrRaw(open);
      }
    }
    data(source.substring(position));
    tokens.add(new Token(Token.Kind.END, "", line));
  }

  private int nextTag() {
    for (int i = source.indexOf('{', position); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private void output(int open) {
    data(textBefore(open, sign(open + 2)));
    enter(open, Token.Kind.OUTPUT_BEGIN);
    words("}}", Token.Kind.OUTPUT_END, false);
  }

  private void tagOrRaw(int open) {
    char sign = sign(open + 2);
    data(textBefore(open, sign));
    Matcher raw = RAW.matcher(source).region(open, source.length());
    if (raw.lookingAt()) {
      moveTo(raw.end());
      raw();
    } else {
      enter(open, Token.Kind.TAG_BEGIN);
      words("%}", Token.Kind.TAG_END, true);
    }
  }

  private void raw() {
    Matcher end = END_RAW.matcher(source);
    if (!end.find(position)) {
      throw TemplateException.syntax(line, "'raw' is never closed (expected: {% endraw %})");
    }
    String sign = end.group(1);
    data(textBefore(end.start(), sign.isEmpty() ? ' ' : sign.charAt(0)));
    moveTo(end.end());
  }

  private void comment(int open) {
    int from = sign(open + 2) == ' ' ? open + 2 : open + 3;
    int close = source.indexOf("#}", from);
    if (close < 0) {
      throw TemplateException.syntax(line, "a comment is never closed (expected: #})");
    }
    data(textBefore(open, sign(open + 2)));
    char sign = close > from ? sign(close - 1) : ' ';
    moveTo(afterTag(close + 2, sign, true));
  }

  private void enter(int open, Token.Kind begin) {
    moveTo(sign(open + 2) == ' ' ? open + 2 : open + 3);
    tokens.add(new Token(begin, "", line));
  }

  private void words(String close, Token.Kind end, boolean trimsNewline) {
    WordScanner scanner = new WordScanner(source, position, line, close);
    int closing = scanner.scanInto(tokens);
    moveTo(closing);
    tokens.add(new Token(end, "", line));
    char sign = source.charAt(closing) == close.charAt(0) ? ' ' : source.charAt(closing);
    moveTo(afterTag(closing + (sign == ' ' ? 2 : 3), sign, trimsNewline));
  }

  private int afterTag(int end, char sign, boolean trimsNewline) {
    if (sign == '-') {
      return Whitespace.end(source, end);
    }
    return trimsNewline && sign != '+' && source.startsWith("\n", end) ? end + 1 : end;
  }

  /** The text up to a tag, without what the tag strips to its left. */
  private String textBefore(int open, char sign) {
    String text = source.substring(position, open);
    if (sign == '-') {
      return text.substring(0, Whitespace.start(text, text.length()));
    }
    if (sign == '+' || source.startsWith("{{", open)) {
      return text;
    }
    int lineStart = text.lastIndexOf('\n') + 1;
    boolean startsLine = lineStart > 0 || atLineStart;
    return startsLine && Whitespace.only(text.substring(lineStart))
        ? text.substring(0, lineStart)
        : text;
  }

  private char sign(int index) {
    boolean signed = index < source.length() && "-+".indexOf(source.charAt(index)) >= 0;
    return signed ? source.charAt(index) : ' ';
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      tokens.add(new Token(Token.Kind.DATA, text, line));
    }
  }

  private void moveTo(int end) {
    line += (int) source.substring(position, end).chars().filter(c -> c == '\n').count();
    position = end;
    atLineStart = source.charAt(end - 1) == '\n';
  }
}
