using System.Buffers.Binary;

namespace DealerFlow.Import;

/// <summary>Finds what a captured packet carries: Ethernet with or without VLAN tags, or bare IP; IPv4; UDP. Every length is checked.</summary>
internal static class UdpDatagram
{
    private const uint LinkEthernet = 1;
    private const uint LinkBareIp = 101;
    private const uint LinkBareIpV4 = 228;
    private const uint LinkCooked = 113;

    private const int EthernetHeaderBytes = 14;
    private const int CookedHeaderBytes = 16;
    private const int VlanTagBytes = 4;
    private const int MaxVlanTags = 4;
    private const int UdpHeaderBytes = 8;
    private const int MinIpHeaderBytes = 20;
    private const byte ProtocolUdp = 17;

    /// <summary>The bytes behind the UDP header.</summary>
    /// <returns>False for anything but a whole UDP datagram in one IPv4 packet: TCP, fragments, other protocols, packets that were cut.</returns>
    public static bool TryPayload(ReadOnlySpan<byte> packet, uint linkType, out ReadOnlySpan<byte> payload) =>
        TryPayload(packet, linkType, out payload, out _);

    /// <summary>The bytes behind the UDP header, and where they were sent: IPv4 address and port.</summary>
    public static bool TryPayload(ReadOnlySpan<byte> packet, uint linkType, out ReadOnlySpan<byte> payload, out ulong destination)
    {
        payload = default;
        destination = 0;
        if (!TryIp(packet, linkType, out ReadOnlySpan<byte> ip) || ip.Length < MinIpHeaderBytes || ip[0] >> 4 != 4) return false;
        int headerBytes = (ip[0] & 0x0F) * 4;
        int totalBytes = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (headerBytes < MinIpHeaderBytes || totalBytes < headerBytes || totalBytes > ip.Length) return false;
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3FFF) != 0;    // more to come, or not the first
        if (isFragment || ip[9] != ProtocolUdp) return false;
        ReadOnlySpan<byte> udp = ip[headerBytes..totalBytes];
        if (udp.Length < UdpHeaderBytes) return false;
        int udpBytes = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        if (udpBytes < UdpHeaderBytes || udpBytes > udp.Length) return false;
        payload = udp[UdpHeaderBytes..udpBytes];
        destination = ((ulong)BinaryPrimitives.ReadUInt32BigEndian(ip[16..]) << 16) | BinaryPrimitives.ReadUInt16BigEndian(udp[2..]);
        return true;
    }

    private static bool TryIp(ReadOnlySpan<byte> packet, uint linkType, out ReadOnlySpan<byte> ip)
    {
        ip = packet;
        if (linkType is LinkBareIp or LinkBareIpV4) return true;
        int typeOffset;
        switch (linkType)
        {
            case LinkEthernet: typeOffset = EthernetHeaderBytes - 2; break;
            case LinkCooked: typeOffset = CookedHeaderBytes - 2; break;
            default: return false;
        }
        for (int tags = 0; tags <= MaxVlanTags; tags++, typeOffset += VlanTagBytes)
        {
            if (packet.Length < typeOffset + 2) return false;
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(packet[typeOffset..]);
            if (type is 0x8100 or 0x88A8 or 0x9100) continue;
            ip = packet[(typeOffset + 2)..];
            return type == 0x0800;
        }
        return false;
    }
}
