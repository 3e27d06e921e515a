// The fabric of engine/fabric, built of ns-3's own parts: hosts, one ToR a rack, spines; PointToPointNetDevice (store
// and forward) and DropTailQueue (limit in bytes) at every port. Copies standard input, which schedule.ts writes, and
// adds to each packet's line when it arrived, ps, or which port dropped it. README.md has the format and the command.
//
// The device adds two bytes (PPP) to a packet, so a packet of `wireBytes - 2` takes the wire for what a frame with
// preamble, FCS and gap takes it. Switches forward in no time. The packet's own line names the uplink that it takes.
// Left out: IP, routing protocols, traffic control: the model's fabric knows none of them.

#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <ns3/core-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>

using namespace ns3;

namespace
{

const int pppBytes = 2;
const uint16_t ipv4 = 0x0800;
const uint32_t unlimitedBytes = 2000000000;

struct Entry
{
    int64_t sentPs;
    int from;
    int to;
    int wireBytes;
    int uplink;
    std::string end;
};

struct Port
{
    Ptr<PointToPointNetDevice> device;
    const char* name;
    DataRate rate;
    /** End of the transmission that began last. */
    Time sentBy;
};

/** Trace sink: a port puts a packet's first bit on the wire. */
void
Begun(Port* port, Ptr<const Packet> packet)
{
    port->sentBy = Simulator::Now() + port->rate.CalculateBytesTxTime(packet->GetSize());
}

/** The model's rule: what waits, what is left of the packet in transmission, and the new one fit the limit. */
bool
FitsBesideSending(const Port& port, uint32_t wireBytes, uint32_t limitBytes)
{
    const Time left = Max(port.sentBy - Simulator::Now(), Time(0));
    const uint32_t waitingBytes = port.device->GetQueue()->GetNBytes();
    return left + port.rate.CalculateBytesTxTime(waitingBytes + wireBytes) <=
           port.rate.CalculateBytesTxTime(limitBytes);
}

class Fabric
{
  public:
    /** Reads the rest of a `case` line, and its packets. */
    explicit Fabric(std::istream& in);
    void Run();
    void Print() const;

  private:
    Ptr<PointToPointChannel> Channel(int delayNs) const;
    void Connect(Port& port,
                 const char* name,
                 int node,
                 Ptr<PointToPointChannel> channel,
                 uint64_t mbps,
                 uint32_t waitingBytes);
    void Send(const Port& port, Ptr<Packet> packet, Entry& entry);
    void Source(Entry& entry);
    bool Arrived(Ptr<NetDevice> device, Ptr<const Packet> packet, uint16_t protocol, const Address& from);

    std::string m_name;
    int m_racks;
    int m_nodesPerRack;
    int m_uplinks;
    uint64_t m_linkMbps;
    uint64_t m_uplinkMbps;
    int m_hostDelayNs;
    int m_fabricDelayNs;
    /** What the model gets as its limit: only copied. */
    uint64_t m_bufferBytes;
    /** What may wait at a switch's port, without the packet in transmission. */
    uint32_t m_waitingBytes;
    /** 1: the packet in transmission counts with what is left of it. */
    int m_countsSending;
    /** Hosts, then ToRs, then spines. */
    NodeContainer m_nodes;
    std::vector<Port> m_nic;
    std::vector<Port> m_tor;
    /** By rack × uplinks + spine. */
    std::vector<Port> m_up;
    std::vector<Port> m_down;
    std::vector<Entry> m_entries;
    std::map<uint64_t, Entry*> m_entryOf;
};

Fabric::Fabric(std::istream& in)
{
    size_t packets;
    in >> m_name >> m_racks >> m_nodesPerRack >> m_uplinks >> m_linkMbps >> m_uplinkMbps >> m_hostDelayNs >>
        m_fabricDelayNs >> m_bufferBytes >> m_waitingBytes >>
        m_countsSending >> packets;
    m_entries.resize(packets);
    for (Entry& e : m_entries)
    {
        in >> e.sentPs >> e.from >> e.to >> e.wireBytes >> e.uplink;
    }
    if (!in)
    {
        std::cerr << "fabric: the schedule ends inside case " << m_name << "\n";
        std::exit(2);
    }
    const int hosts = m_racks * m_nodesPerRack;
    m_nodes.Create(hosts + m_racks + m_uplinks);
    m_nic.resize(hosts);
    m_tor.resize(hosts);
    m_up.resize(m_racks * m_uplinks);
    m_down.resize(m_racks * m_uplinks);
    for (int h = 0; h < hosts; h++)
    {
        const int tor = hosts + h / m_nodesPerRack;
        auto channel = Channel(m_hostDelayNs);
        Connect(m_nic[h], "nic", h, channel, m_linkMbps, unlimitedBytes);
        Connect(m_tor[h], "tor-port", tor, channel, m_linkMbps, m_waitingBytes);
    }
    for (int l = 0; l < m_racks * m_uplinks; l++)
    {
        const int tor = hosts + l / m_uplinks;
        const int spine = hosts + m_racks + l % m_uplinks;
        auto channel = Channel(m_fabricDelayNs);
        Connect(m_up[l], "uplink", tor, channel, m_uplinkMbps, m_waitingBytes);
        Connect(m_down[l], "downlink", spine, channel, m_uplinkMbps, m_waitingBytes);
    }
}

Ptr<PointToPointChannel>
Fabric::Channel(int delayNs) const
{
    auto channel = CreateObject<PointToPointChannel>();
    channel->SetAttribute("Delay", TimeValue(NanoSeconds(delayNs)));
    return channel;
}

void
Fabric::Connect(Port& port,
                const char* name,
                int node,
                Ptr<PointToPointChannel> channel,
                uint64_t mbps,
                uint32_t waitingBytes)
{
    port.name = name;
    port.rate = DataRate(mbps * 1000000);
    auto queue = CreateObject<DropTailQueue<Packet>>();
    queue->SetMaxSize(QueueSize(QueueSizeUnit::BYTES, waitingBytes));
    port.device = CreateObject<PointToPointNetDevice>();
    port.device->SetQueue(queue);
    port.device->SetDataRate(port.rate);
    m_nodes.Get(node)->AddDevice(port.device);
    port.device->SetReceiveCallback(MakeCallback(&Fabric::Arrived, this));
    port.device->TraceConnectWithoutContext("PhyTxBegin", MakeBoundCallback(&Begun, &port));
    port.device->Attach(channel);
}

void
Fabric::Send(const Port& port, Ptr<Packet> packet, Entry& entry)
{
    const bool fits = m_countsSending == 0 || port.name == std::string("nic") ||
                      FitsBesideSending(port, entry.wireBytes, m_waitingBytes);
    if (!fits || !port.device->Send(packet, port.device->GetBroadcast(), ipv4))
    {
        entry.end = port.name;
    }
}

void
Fabric::Source(Entry& entry)
{
    auto packet = Create<Packet>(entry.wireBytes - pppBytes);
    m_entryOf[packet->GetUid()] = &entry;
    Send(m_nic[entry.from], packet, entry);
}

bool
Fabric::Arrived(Ptr<NetDevice> device, Ptr<const Packet> packet, uint16_t, const Address&)
{
    Entry& entry = *m_entryOf.at(packet->GetUid());
    const int hosts = m_racks * m_nodesPerRack;
    const int node = device->GetNode()->GetId();
    const int rack = entry.to / m_nodesPerRack;
    if (node < hosts)
    {
        entry.end = node == entry.to ? std::to_string(Simulator::Now().GetPicoSeconds()) : "astray";
    }
    else if (node == hosts + rack)
    {
        Send(m_tor[entry.to], packet->Copy(), entry);
    }
    else if (node < hosts + m_racks)
    {
        Send(m_up[(node - hosts) * m_uplinks + entry.uplink], packet->Copy(), entry);
    }
    else
    {
        Send(m_down[rack * m_uplinks + node - hosts - m_racks], packet->Copy(), entry);
    }
    return true;
}

void
Fabric::Run()
{
    for (Entry& e : m_entries)
    {
        Simulator::Schedule(PicoSeconds(e.sentPs), &Fabric::Source, this, std::ref(e));
    }
    Simulator::Run();
    // Nodes are numbered from 0 again.
    Simulator::Destroy();
}

void
Fabric::Print() const
{
    std::cout << "case " << m_name << ' ' << m_racks << ' ' << m_nodesPerRack << ' ' << m_uplinks << ' '
              << m_linkMbps << ' ' << m_uplinkMbps << ' ' << m_hostDelayNs << ' ' << m_fabricDelayNs << ' '
              << m_bufferBytes << ' ' << m_waitingBytes << ' ' << m_countsSending << ' ' << m_entries.size() << '\n';
    for (const Entry& e : m_entries)
    {
        std::cout << e.sentPs << ' ' << e.from << ' ' << e.to << ' ' << e.wireBytes << ' ' << e.uplink << ' '
                  << e.end << '\n';
    }
}

} // namespace

int
main()
{
    Time::SetResolution(Time::PS);
    std::string word;
    while (std::cin >> word)
    {
        if (word != "case")
        {
            std::cerr << "fabric: expected `case`, found " << word << "\n";
            return 2;
        }
        Fabric fabric(std::cin);
        fabric.Run();
        fabric.Print();
    }
    return 0;
}
