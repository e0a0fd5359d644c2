package io.anyserve.chaos.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.RequestId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventStreamCallTest {

  private final List<String> heard = new ArrayList<>();
  private final EventStreamCall call =
      new EventStreamCall(
          new StreamListener() {
            @Override
            public void accepted(RequestId id, String resumeToken) {
              heard.add("accepted");
            }

            @Override
            public void piece(String resumeToken, String text) {
              heard.add(resumeToken + " " + text);
            }

            @Override
            public void finished(long tokens) {
              heard.add("finished " + tokens);
            }

            @Override
            public void failed(ClientError error) {
              heard.add("failed " + error.code());
            }

            @Override
            public void cut() {
              heard.add("cut");
            }
          });

  @Test
  void aStreamEndsOnceWithItsUsage() {
    say("id: e1", "data: {\"choices\":[{\"text\":\"ab\"}]}", "");
    say("id: e1", "data: {\"choices\":[{\"text\":\"\",\"finish_reason\":\"stop\"}]}", "");
    say("data: {\"choices\":[],\"usage\":{\"completion_tokens\":3}}", "", "data: [DONE]", "");
    call.onComplete();
    assertEquals(List.of("e1 ab", "finished 3"), heard);
  }

  @Test
  void aStreamWithoutItsLastEventIsCut() {
    say("id: e1", "data: {\"choices\":[{\"text\":\"ab\"}]}", "");
    call.onComplete();
    assertEquals(List.of("e1 ab", "cut"), heard);
  }

  @Test
  void anErrorIsTheEndThoughTheConnectionBreaksOffBehindIt() {
    say("event: error", "data: {\"error\":{\"code\":\"cancelled\"}}", "");
    call.onError(new java.io.IOException("broken off"));
    assertEquals(List.of("failed CANCELLED"), heard);
  }

  @Test
  void anEventThatCannotBeReadCutsTheStreamOff() {
    say("data: {\"choices\":[", "", "data: [DONE]", "");
    call.onComplete();
    assertEquals(List.of("cut"), heard);
  }

  @Test
  void whoLeftHearsNothing() {
    call.drop();
    say("data: {\"choices\":[{\"text\":\"ab\"}]}", "");
    call.onComplete();
    assertEquals(List.of(), heard);
  }

  private void say(String... lines) {
    List.of(lines).forEach(call::onNext);
  }
}
