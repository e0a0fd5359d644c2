package io.anyserve.loadtest.run;

import java.util.random.RandomGenerator;

/** Text of common English words, most of which are one token for most models. */
final class GeneratedText {

  private static final String[] WORDS =
      ("the of and to in is that it was for on are with as his they be at one have this from or had"
              + " by hot but some what there we can out other were all your when up use word how"
              + " said an each she which do their time if will way about many then them would write"
              + " like so these her long make thing see him two has look more day could go come did"
              + " my sound no most number who over know water than call first people may down side"
              + " been now find")
          .split(" ");

  private GeneratedText() {}

  /** So many words. */
  static String words(RandomGenerator random, int count) {
    StringBuilder text = new StringBuilder(count * 5);
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }
}
