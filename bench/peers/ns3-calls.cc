// Timers and datagrams of replicated calls on ns-3: closed-loop clients, each of which sends a datagram to three
// servers, sets a retransmission timer for each, and cancels it on the reply; the third reply starts the next call.
// Usage: ns3-calls SCHEDULER cancel|remove CALLS. Prints calls, CPU seconds and peak memory as JSON.
#include "alea.h"
#include "measure.h"

#include "ns3/core-module.h"

using namespace ns3;

static const int g_clients = 10;
static const int g_servers = 3;

static Alea g_random("calls");
static uint64_t g_left;
static bool g_remove;
static Stopwatch g_watch;

struct Client
{
    EventId timers[g_servers];
    int missing;
};

static Client g_all[g_clients];

static Time
Latency()
{
    return NanoSeconds(static_cast<int64_t>((1 + g_random.Next()) * 1e6));
}

static void Call(Client* client);

static void
Retransmit(Client*, int)
{
    NS_FATAL_ERROR("no datagram is lost here");
}

static void
Reply(Client* client, int server)
{
    if (g_remove)
    {
        Simulator::Remove(client->timers[server]);
    }
    else
    {
        client->timers[server].Cancel();
    }
    if (--client->missing == 0)
    {
        if (--g_left == 0)
        {
            Simulator::Stop();
        }
        Call(client);
    }
}

static void
Request(Client* client, int server)
{
    Simulator::Schedule(Latency(), &Reply, client, server);
}

static void
Call(Client* client)
{
    client->missing = g_servers;
    for (int server = 0; server < g_servers; server++)
    {
        Simulator::Schedule(Latency(), &Request, client, server);
        client->timers[server] = Simulator::Schedule(MilliSeconds(100), &Retransmit, client, server);
    }
}

int
main(int, char* argv[])
{
    Simulator::SetScheduler(ObjectFactory(std::string("ns3::") + argv[1]));
    g_remove = std::string(argv[2]) == "remove";
    const uint64_t calls = std::stoull(argv[3]);
    for (Client& client : g_all)
    {
        Call(&client);
    }
    g_left = calls / 10;
    Simulator::Run();
    g_watch.Start();
    g_left = calls;
    Simulator::Run();
    g_watch.Report(calls);
}
