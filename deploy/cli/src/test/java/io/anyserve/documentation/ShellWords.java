package io.anyserve.documentation;

import java.util.ArrayList;
import java.util.List;

/** The words of a command line as a shell reads them, quotes removed. */
final class ShellWords {

  private static final String END = "|;&<>()";

  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean inWord;
  private char quote;

  private ShellWords() {}

  /** Up to a comment, a pipe, a redirection or the next command. */
  static List<String> of(String line) {
    ShellWords shell = new ShellWords();
    int at = 0;
    while (at < line.length() && !shell.ends(line.charAt(at))) {
      shell.read(line.charAt(at++));
    }
    shell.endWord();
    return shell.words;
  }

  private boolean ends(char c) {
    return quote == 0 && (END.indexOf(c) >= 0 || (c == '#' && !inWord));
  }

  private void read(char c) {
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word.append(c);
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
      inWord = true;
    } else if (Character.isWhitespace(c)) {
      endWord();
    } else {
      word.append(c);
      inWord = true;
    }
  }

  private void endWord() {
    if (inWord) {
      words.add(word.toString());
    }
    word.setLength(0);
    inWord = false;
  }
}
