package io.anyserve.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ClusterNodeTest {

  private static final List<String> THREE = List.of("10.0.0.1:21", "10.0.0.2:22", "10.0.0.3:23");

  @Test
  void namesEveryControllerAndItsOwnHost() {
    var node = new ClusterNode(2, THREE);
    assertEquals("10.0.0.2", node.host());
    assertEquals("1@10.0.0.1:21,2@10.0.0.2:22,3@10.0.0.3:23", node.voters());
  }

  @Test
  void allNodesOfAClusterFormatForTheSameOne() {
    assertEquals(new ClusterNode(1, THREE).clusterId(), new ClusterNode(3, THREE).clusterId());
    assertNotEquals(ClusterNode.alone(21).clusterId(), ClusterNode.alone(21).clusterId());
  }

  @Test
  void oneOfThreeReplicasMayBeMissing() {
    assertEquals(3, new ClusterNode(1, THREE).replicas());
    assertEquals(2, new ClusterNode(1, THREE).inSync());
    assertTrue(ClusterNode.alone(21).isAlone());
    assertEquals(1, ClusterNode.alone(21).inSync());
  }

  @Test
  void refusesANodeThatIsNotThereAndAnAddressWithoutAPort() {
    var none = assertThrows(IllegalArgumentException.class, () -> new ClusterNode(4, THREE));
    assertEquals("node: 4 (expected: 1 to the number of controllers, 3)", none.getMessage());
    var port =
        assertThrows(
            IllegalArgumentException.class, () -> new ClusterNode(1, List.of("localhost")));
    assertEquals("controller: localhost (expected: HOST:PORT)", port.getMessage());
  }
}
