package io.anyserve.ingress.admission;

import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.runtime.ConfigSection;

/**
 * How long messages and answers may be, whatever the model can do.
 *
 * @param messageCharacters of one message of a chat, in code points
 * @param answerTokens of one answer
 * @param trimAnswers whether a request for more tokens gets as many as allowed; otherwise it is
 *     refused
 */
public record RequestCaps(int messageCharacters, int answerTokens, boolean trimAnswers) {

  /** Those of an ingress whose settings say nothing. */
  public static final RequestCaps DEFAULT = new RequestCaps(8192, 2048, false);

  /** As much as the format of requests allows. */
  public static final RequestCaps NONE =
      new RequestCaps(Integer.MAX_VALUE, GenerationParameters.MAX_TOKENS, false);

  /** Mistakes become problems of the section. */
  public static RequestCaps read(ConfigSection section) {
    int characters =
        section.integer(
            "max-message-characters",
            DEFAULT.messageCharacters,
            1,
            Integer.MAX_VALUE,
            "Most characters of one chat message; a prompt that is no chat is limited by `input-bytes`.");
    int tokens =
        section.integer(
            "max-answer-tokens",
            DEFAULT.answerTokens,
            1,
            GenerationParameters.MAX_TOKENS,
            "Most tokens that a request may ask for.");
    boolean trim =
        section.flag(
            "trim-answers",
            DEFAULT.trimAnswers,
            "Give a request for more than `max-answer-tokens` that many; otherwise it is refused.");
    return new RequestCaps(characters, tokens, trim);
  }
}
