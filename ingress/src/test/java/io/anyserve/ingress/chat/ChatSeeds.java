package io.anyserve.ingress.chat;

import io.anyserve.runtime.fuzz.JsonEdits;
import java.util.List;

/** Good commands of a chat, from which fuzz targets make others. */
final class ChatSeeds {

  private static final List<String> COMMANDS =
      List.of(
          """
          {"type":"send","conversation":"c1","message":"m9","parent":null,"model":"story",\
          "content":"Once","system":"Be short.","parameters":{"max_tokens":4,"temperature":0}}""",
          """
          {"type":"send","conversation":"c2","message":"m1","model":"story","content":"And"}""",
          """
          {"type":"regenerate","conversation":"c1","message":"m1","model":"story"}""",
          """
          {"type":"stop","answer":"{answer}"}""",
          """
          {"type":"resume","conversation":"c1","answer":"{answer}","position":"{token}"}""");

  private static final List<String> NAMES =
      List.of(
          "type",
          "conversation",
          "message",
          "parent",
          "content",
          "model",
          "system",
          "parameters",
          "answer",
          "position",
          "stream",
          "n",
          "logprobs",
          "max_tokens",
          "stop",
          "messages",
          "x");

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1e999",
          "\"\"",
          "\"send\"",
          "\"stop\"",
          "\"resume\"",
          "\"c1\"",
          "\"c3\"",
          "\"m1\"",
          "\"m9\"",
          "\"{answer}\"",
          "\"{token}\"",
          "\"story\"",
          "\"other\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\\ud83d\\ude00\"",
          "\"a b\"",
          "[]",
          "{}",
          "{\"n\":1}",
          "{\"temperature\":3}",
          "{\"stop\":[\"\"]}",
          "[[[[]]]]",
          "9223372036854775808");

  /** Commands like these. */
  static final JsonEdits LIKE = new JsonEdits(COMMANDS, NAMES, VALUES);

  private ChatSeeds() {}
}
