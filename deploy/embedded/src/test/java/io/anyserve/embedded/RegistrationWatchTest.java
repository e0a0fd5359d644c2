package io.anyserve.embedded;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.RegisterBrokerRecord;
import org.apache.kafka.common.metadata.RegisterControllerRecord;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.image.loader.LogDeltaManifest;
import org.apache.kafka.raft.LeaderAndEpoch;
import org.junit.jupiter.api.Test;

final class RegistrationWatchTest {

  private static final int NODE = 1;
  private static final Uuid HERE = new Uuid(1, 1);
  private static final Uuid EARLIER = new Uuid(1, 2);

  private final RegistrationWatch watch = new RegistrationWatch(NODE, HERE);
  private MetadataImage image = MetadataImage.EMPTY;

  @Test
  void aNewDirectoryHasNoDeadBroker() {
    commit(controller(HERE));
    assertFalse(watch.deadBrokerFound().resultNow());
  }

  @Test
  void aBrokerThatShutDownIsNotDead() {
    commit(broker(true));
    assertFalse(watch.deadBrokerFound().resultNow());
  }

  @Test
  void aDeadBrokerIsReportedWhenTheControllerOfThisProcessIsActive() {
    commit(broker(false), controller(EARLIER));
    assertFalse(watch.deadBrokerFound().isDone());
    commit(controller(HERE));
    assertTrue(watch.deadBrokerFound().resultNow());
  }

  private static RegisterBrokerRecord broker(boolean fenced) {
    return new RegisterBrokerRecord().setBrokerId(NODE).setIncarnationId(EARLIER).setFenced(fenced);
  }

  private static RegisterControllerRecord controller(Uuid incarnation) {
    return new RegisterControllerRecord().setControllerId(NODE).setIncarnationId(incarnation);
  }

  private void commit(ApiMessage... records) {
    MetadataDelta delta = new MetadataDelta.Builder().setImage(image).build();
    List.of(records).forEach(delta::replay);
    image = delta.apply(MetadataProvenance.EMPTY);
    var manifest =
        LogDeltaManifest.newBuilder()
            .provenance(MetadataProvenance.EMPTY)
            .leaderAndEpoch(LeaderAndEpoch.UNKNOWN)
            .numBatches(1)
            .elapsedNs(0)
            .numBytes(0)
            .build();
    watch.onMetadataUpdate(delta, image, manifest);
  }
}
