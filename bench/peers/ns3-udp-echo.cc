// UDP echo over a point-to-point link on ns-3, by its own applications: a datagram of 100 bytes every 10 us to the
// server, which sends it back.
// Usage: ns3-udp-echo DATAGRAMS. Prints datagrams (both ways), CPU seconds and peak memory as JSON.
#include "measure.h"

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"

using namespace ns3;

static uint64_t g_echoed;

static void
Echoed(Ptr<const Packet>)
{
    g_echoed++;
}

int
main(int, char* argv[])
{
    const uint64_t datagrams = std::stoull(argv[1]);

    NodeContainer nodes;
    nodes.Create(2);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    link.SetChannelAttribute("Delay", StringValue("1ms"));
    NetDeviceContainer devices = link.Install(nodes);
    InternetStackHelper stack;
    stack.Install(nodes);
    Ipv4AddressHelper addresses;
    addresses.SetBase("10.1.1.0", "255.255.255.0");
    Ipv4InterfaceContainer interfaces = addresses.Assign(devices);

    UdpEchoServerHelper server(9);
    server.Install(nodes.Get(1)).Start(Seconds(0));
    UdpEchoClientHelper client(interfaces.GetAddress(1), 9);
    client.SetAttribute("MaxPackets", UintegerValue(datagrams / 2));
    client.SetAttribute("Interval", TimeValue(MicroSeconds(10)));
    client.SetAttribute("PacketSize", UintegerValue(100));
    ApplicationContainer clients = client.Install(nodes.Get(0));
    clients.Get(0)->TraceConnectWithoutContext("Rx", MakeCallback(&Echoed));
    clients.Start(Seconds(1));

    Stopwatch watch;
    watch.Start();
    Simulator::Run();
    if (g_echoed != datagrams / 2)
    {
        NS_FATAL_ERROR("only " << g_echoed << " of " << datagrams / 2 << " datagrams came back");
    }
    watch.Report(2 * g_echoed);
}
