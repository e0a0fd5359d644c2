package io.anyserve.ingress.openai;

import java.util.HashMap;
import java.util.Map;

/** The tables of what is offered in the bodies of calls that change a conversation. */
public final class ConversationParameters {

  public static final ParameterTable CHANGE = of("title", "current");
  public static final ParameterTable ROLLBACK = of("message");

  private ConversationParameters() {}

  private static ParameterTable of(String... names) {
    Map<String, ParameterRule> rules = new HashMap<>();
    ParameterTable.honoured(rules, names);
    return new ParameterTable(rules);
  }
}
