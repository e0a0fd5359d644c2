package io.anyserve.training;

import java.util.List;

/** Texts that tokenizers get wrong. */
final class OddTexts {

  static final List<String> ALL =
      List.of(
          "",
          " ",
          "   \n\n \t x  ",
          "Hello, world!",
          "I'm sure he'll say we've lost, don't you?",
          "IT'S OK",
          "a  b   c",
          "trailing space ",
          "\r\nline\r\n\r\nline\n",
          "12345 3.14 1,000",
          "naïve café Ångström",
          "e\u0301 decomposed, A\u030a",
          "日本語のテキスト",
          "Привет, мир",
          "مرحبا",
          "👍🏽 👩‍👩‍👧 🇫🇷 🎉",
          "no\u00a0break\u2003em\u3000wide",
          "tab\tand\u000bvertical",
          "x\u0000y",
          "def f(x):\n    return x ** 2  # square\n",
          "https://example.org/a?b=c&d=%20",
          "....!!!???---___",
          "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
          "<|endoftext|>",
          "<|im_start|not special",
          "a<|im_end|>b");

  private OddTexts() {}
}
