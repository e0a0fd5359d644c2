package io.anyserve.chaos.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.chaos.client.ClientError.Meaning;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.grpc.Status;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ClientErrorTest {

  @Test
  void aResumedAnswerThatHasFailedHasFailed() {
    assertEquals(ClientError.Meaning.FAILED, ClientError.ended().meaning(true, true));
  }

  @Test
  void aBrokenConnectionPassesWhateverCameBefore() {
    ClientError broken = ClientError.of(Status.UNAVAILABLE.asRuntimeException());

    assertEquals(Meaning.PASSES, broken.meaning(false, false));
    assertEquals(Meaning.PASSES, broken.meaning(true, false));
    assertEquals(Meaning.PASSES, broken.meaning(true, true));
    assertEquals("UNAVAILABLE", broken.code());
  }

  @Test
  void aStoppingIngressPasses() {
    assertEquals(Meaning.PASSES, told(FailureCode.SHUTTING_DOWN).meaning(true, false));
  }

  @Test
  void aMissingWorkerEndsOnlyWhatIsAccepted() {
    assertEquals(Meaning.PASSES, told(FailureCode.NO_WORKER).meaning(false, false));
    assertEquals(Meaning.FAILED, told(FailureCode.NO_WORKER).meaning(true, false));
  }

  @Test
  void aDoorThatCannotResumeIsNotTheRequestsEnd() {
    assertEquals(Meaning.NO_WAY_BACK, told(FailureCode.UNIMPLEMENTED).meaning(true, true));
    assertEquals(Meaning.NO_WAY_BACK, told(FailureCode.RESUME_EXPIRED).meaning(true, true));
    assertEquals(Meaning.FAILED, told(FailureCode.INVALID_REQUEST).meaning(true, false));
  }

  @Test
  void endsAreToldApart() {
    assertEquals(Meaning.CANCELLED, told(FailureCode.CANCELLED).meaning(true, false));
    assertEquals(Meaning.CANCELLED, told(FailureCode.DEADLINE_EXCEEDED).meaning(true, true));
    assertEquals(Meaning.FAILED, told(FailureCode.ENGINE_FAILED).meaning(true, false));
    assertEquals(Meaning.NOT_ACCEPTED, told(FailureCode.INVALID_REQUEST).meaning(false, false));
  }

  @Test
  void anAnswerOverHttpMeansTheSame() {
    assertEquals(
        Meaning.NO_WAY_BACK, ClientError.ofHttp(410, "resume_expired").meaning(true, true));
    assertEquals(
        Meaning.PASSES, ClientError.ofHttp(429, "rate_limit_exceeded").meaning(true, true));
    assertEquals(
        Meaning.NOT_ACCEPTED, ClientError.ofHttp(400, "invalid_value").meaning(false, false));
    assertEquals(Meaning.PASSES, ClientError.ofHttp(502, "").meaning(false, false));
    assertEquals(Meaning.CANCELLED, ClientError.ofHttp(200, "cancelled").meaning(true, false));
  }

  private static ClientError told(FailureCode code) {
    return ClientError.of(GrpcStatuses.exception(new Failure(code, "why"), Map.of()));
  }
}
