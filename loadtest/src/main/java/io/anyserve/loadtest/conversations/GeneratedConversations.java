package io.anyserve.loadtest.conversations;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.contracts.conversation.MessageOrigin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import java.util.stream.IntStream;

/**
 * Conversations of one large tenant, which has every second one, and of small ones with 50 each.
 * The same number always gives the same conversation.
 *
 * @param messages of each, a user's and a model's in turn
 */
record GeneratedConversations(int messages) {

  static final TenantId LARGE = new TenantId("large");
  static final TenantId SMALL = small(0);

  /** Conversations of a small tenant, whatever the number of all. */
  static final int OF_SMALL = 50;

  /** A text that every thousandth conversation of the large tenant has, in its last message. */
  static final String RARE = "zanzibar";

  private static final int RARITY = 1_000;
  private static final int USER_WORDS = 15;
  private static final int MODEL_WORDS = 55;
  private static final String MODEL = "story";
  private static final List<String> WORDS =
      List.of(
          ("the of and a to in is that it was for on are as with his they at be this have from or"
                  + " one had by word but not what all were we when your can said there use an each"
                  + " which she do how their if will up other about out many then them these so some"
                  + " her would make like him into time has look two more write go see number no way"
                  + " could people my than first water been call who oil its now find long down day")
              .split(" "));

  static TenantId small(int number) {
    return new TenantId("small-" + number);
  }

  static ConversationId id(int number) {
    TenantId tenant = number % 2 == 0 ? LARGE : small(number / 2 / OF_SMALL);
    return new ConversationId(tenant, new SessionId("chat-%07d".formatted(number)));
  }

  /** One of the large tenant's conversations, counted from 0. */
  static ConversationId ofLarge(int which) {
    return id(2 * which);
  }

  /** How many of that many conversations the large tenant has. */
  static int shareOfLarge(int all) {
    return (all + 1) / 2;
  }

  /**
   * The messages in order, a second apart.
   *
   * @param last when the last one was made
   */
  List<ConversationMessage> messages(int number, Instant last) {
    return IntStream.range(0, messages)
        .mapToObj(i -> message(number, i, last.minusSeconds(messages - 1 - i)))
        .toList();
  }

  private ConversationMessage message(int number, int index, Instant at) {
    var random = new SplittableRandom((long) number * messages + index);
    boolean user = index % 2 == 0;
    boolean rare = index == messages - 1 && number % (2 * RARITY) == 0;
    String text = text(random, user ? USER_WORDS : MODEL_WORDS) + (rare ? " " + RARE : "");
    return new ConversationMessage(
        name(index),
        index == 0 ? Optional.empty() : Optional.of(name(index - 1)),
        user ? "user" : "assistant",
        new Payload.Text(text),
        user ? Optional.empty() : Optional.of(origin(at, random)),
        at);
  }

  static MessageId name(int index) {
    return new MessageId("m-" + index);
  }

  private static MessageOrigin origin(Instant at, SplittableRandom random) {
    return new MessageOrigin(
        RequestId.next(at.toEpochMilli(), random),
        MODEL,
        new TokenUsage(2 * USER_WORDS, MODEL_WORDS, 0));
  }

  private static String text(SplittableRandom random, int words) {
    var text = new StringJoiner(" ");
    for (int i = 0; i < words; i++) {
      text.add(WORDS.get(random.nextInt(WORDS.size())));
    }
    return text.toString();
  }

  static Conversation conversation(int number, List<ConversationMessage> messages) {
    Conversation conversation = Conversation.beginningWith(id(number), messages.getFirst());
    for (ConversationMessage message : new ArrayList<>(messages).subList(1, messages.size())) {
      conversation = conversation.with(message);
    }
    return conversation;
  }
}
