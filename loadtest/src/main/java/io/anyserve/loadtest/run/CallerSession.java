package io.anyserve.loadtest.run;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.loadtest.ReadingStyle;
import io.anyserve.loadtest.scenario.CallerProfile;
import io.anyserve.loadtest.scenario.Traffic;
import io.anyserve.loadtest.targets.LoadRequest;
import io.anyserve.loadtest.trace.TraceRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One caller from its first request to its last: a conversation in which each turn has all that was
 * said before. What it asks is drawn from its own seed, so that it does not depend on the answers'
 * pace. Used by one thread at a time.
 */
final class CallerSession {

  private static final String USER = "user";
  private static final String ASSISTANT = "assistant";
  private static final long SHARED_SEED = 42;

  private final CallerProfile profile;
  private final String id;
  private final Optional<String> key;
  private final SplittableRandom random;
  private final Lengths lengths;
  private final List<ChatMessage> messages = new ArrayList<>();
  private final StringBuilder answer = new StringBuilder();
  private int turnsLeft;

  private CallerSession(
      CallerProfile profile,
      String id,
      Optional<String> key,
      SplittableRandom random,
      Lengths lengths) {
    this.profile = profile;
    this.id = id;
    this.key = key;
    this.random = random;
    this.lengths = lengths;
    this.turnsLeft = lengths.turns(profile, random);
  }

  /** A caller that asks what its profile says. */
  static CallerSession of(
      CallerProfile profile, String id, Optional<String> key, SplittableRandom random) {
    return new CallerSession(profile, id, key, random, new Drawn());
  }

  /** A caller that asks once, as a request of a trace. */
  static CallerSession replaying(
      CallerProfile profile,
      String id,
      Optional<String> key,
      SplittableRandom random,
      TraceRequest request,
      Traffic.Limits limits) {
    return new CallerSession(profile, id, key, random, new Traced(request, limits));
  }

  /** Where prompts and the lengths of answers come from. */
  private sealed interface Lengths {

    int turns(CallerProfile profile, RandomGenerator random);

    String prompt(CallerProfile profile, RandomGenerator random);

    int answer(CallerProfile profile, RandomGenerator random);
  }

  private record Drawn() implements Lengths {

    @Override
    public int turns(CallerProfile profile, RandomGenerator random) {
      return profile.turns().draw(random);
    }

    @Override
    public String prompt(CallerProfile profile, RandomGenerator random) {
      return GeneratedText.words(random, profile.prompt().tokens().draw(random));
    }

    @Override
    public int answer(CallerProfile profile, RandomGenerator random) {
      return profile.prompt().answer().draw(random);
    }
  }

  private record Traced(TraceRequest request, Traffic.Limits limits) implements Lengths {

    @Override
    public int turns(CallerProfile profile, RandomGenerator random) {
      return 1;
    }

    /** Blocks of the same id have the same text. */
    @Override
    public String prompt(CallerProfile profile, RandomGenerator random) {
      int left = Math.clamp(request.promptTokens(), 1, limits.promptTokens());
      List<String> parts = new ArrayList<>();
      for (long block : request.blocks()) {
        int tokens = Math.min(left, limits.blockTokens());
        if (tokens > 0) {
          parts.add(GeneratedText.words(new SplittableRandom(block), tokens));
          left -= tokens;
        }
      }
      if (left > 0) {
        parts.add(GeneratedText.words(random, left));
      }
      return String.join(" ", parts);
    }

    @Override
    public int answer(CallerProfile profile, RandomGenerator random) {
      return Math.clamp(request.answerTokens(), 1, limits.answerTokens());
    }
  }

  CallerProfile profile() {
    return profile;
  }

  /** The next turn. */
  LoadRequest next() {
    turnsLeft--;
    if (messages.isEmpty() && profile.prompt().shared() > 0) {
      String shared =
          GeneratedText.words(new SplittableRandom(SHARED_SEED), profile.prompt().shared());
      messages.add(new ChatMessage(USER, shared + " " + lengths.prompt(profile, random)));
    } else {
      messages.add(new ChatMessage(USER, lengths.prompt(profile, random)));
    }
    answer.setLength(0);
    return new LoadRequest(
        profile.capability(),
        id,
        messages,
        lengths.answer(profile, random),
        random.nextInt(Integer.MAX_VALUE),
        key,
        profile.tenant());
  }

  /** How it reads the answer to the turn that was asked for last. */
  ReadingStyle reading() {
    boolean leaves = random.nextDouble() < profile.leaving().share();
    int after = profile.leaving().after().draw(random);
    boolean slow = random.nextDouble() < profile.slow().share();
    return new ReadingStyle(
        leaves ? after : 0, slow ? profile.slow().pause() : Duration.ZERO, turnsLeft > 0);
  }

  void heard(String text) {
    answer.append(text);
  }

  /**
   * The answer is complete.
   *
   * @return from then to the next turn; empty where there is none
   */
  Optional<Duration> answered() {
    if (turnsLeft == 0) {
      return Optional.empty();
    }
    messages.add(new ChatMessage(ASSISTANT, answer.isEmpty() ? " " : answer.toString()));
    return Optional.of(profile.think());
  }
}
